"""Lines that are never the text, wherever they stand: source and editor lines, disclaimers, share bars, datelines.

What is particular to one site is not listed here but learnt (``furniture``).
"""

from __future__ import annotations

import re

_LONGEST = 160  # characters; a longer line is a paragraph
_SENTENCE = 60  # a line longer than that which ends like a sentence is one; only disclaimers are
_ENDS = ("。", ".", "!", "?", "”")

_WHOLE_LINE = re.compile(
    r"""^[\s(\[【（「*·•\-—>]*(?:
      (?:文章|新闻|信息|稿件|内容|图片|资料|原文|本文)?(?:来源|来自|出处|转自|转载自|摘自|首发于|原载)(?:于|自)?\s*[:：/|].{0,60}
    | (?:本文)?(?:转载自|转自|摘自|首发于)\S.{0,40}
    | (?:本文|文章)?(?:责任|责|值班|本文|文字|网络|执行|见习|实习|本期|新媒体|视觉)?
      (?:编辑|编校|责编|主编|监制|校对|审核|编审|统筹|终审|初审|复审|审校|策划|排版|制作)\s*[:：/|丨].{0,60}
    | (?:文章)?(?:作者|撰文|文|图|摄影|文图|图文|撰稿|(?:本报|本网)?记者|通讯员)\s*[:：/|][^。？?！!]{0,30}
    | [(（]?\s*(?:责任编辑|责编|编辑|实习生|作者系|作者为|本文来源).{0,60}
    | [(（]?原标题\s*[:：].{0,80}
    | (?:免责声明|版权声明|特别声明|郑重声明|本网声明|声明|特别提醒|温馨提示|风险提示|投稿邮箱|联系邮箱|商务合作
      |联系我们|关键词|标签|延伸阅读|相关阅读|相关新闻|相关报道|推荐阅读|更多阅读|阅读原文|点击阅读)\s*[:：].*
    | (?:返回搜狐|查看更多|阅读全文|展开全文|点击图片进入下一页|上一篇|下一篇|上一页|下一页|打印本页|关闭窗口|返回顶部
      |更多精彩|扫一扫|扫码|长按|点击关注|微信扫).{0,60}
    | .{0,10}(?:分享到|分享至|转发到|收藏本文|我要评论|网友评论|跟帖|纠错|举报|字号|字体大小).{0,30}
    | (?:更多|欢迎).{0,20}(?:关注|订阅|下载|搜索).{0,60}
    | (?:微信|微信公众号|公众号|官方微信|新浪微博|微博|客户端下载)\s*(?:[:：(]|id\b).{0,60}
    | (?:相关|延伸|推荐|热门|精彩)(?:阅读|新闻|报道|文章|推荐|链接|专题|图集|视频)\s*
    | (?:\(?完\)?|\[?完\]?|全文完|END|-+|=+|\*+|_+|·+)\s*
    | (?:source|editor|editing\ by|edited\ by|reporting\ by|writing\ by|copyright|photo|images?|credit|tags?
      |filed\ under|share\ this|disclaimer|related(?:\ articles|\ stories)?|read\ more|see\ also|more\ on\ this\ story
      |originally\ published|advertisement|sponsored)\b\s*[:：|©-].{0,140}
    | (?:read\ more|see\ also|share\ this|follow\ us|sign\ up|subscribe|click\ here|back\ to\ top|advertisement
      |related\ articles|related\ stories|more\ from)\b.{0,60}
    | (?:©|\(c\)|copyright\b).{0,140}
    | all\ rights\ reserved.{0,60}
    )\s*[)\]】）]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_DISCLAIMER = re.compile(
    r"仅代表作者(?:本人|个人)?(?:的)?观点|不代表本(?:网|站|平台)|与本(?:网站|网|站)无关|仅供(?:读者|参考)|版权(?:归|均属)|未经[^。]{0,12}(?:不得|禁止|严禁|转载)"
    r"|(?:如有|若有|如涉|涉及)(?:侵权|版权)|侵删|请(?:与我们联系|联系我们)|转载请(?:注明|联系)|信息存储空间|传递更多(?:网络)?信息|赞同其观点"
    r"|may not be (?:published|reproduced|redistributed)|do(?:es)? not necessarily (?:reflect|represent)"
    r"|all rights reserved"
    r"|without (?:prior )?(?:written )?permission",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"""^\s*(?:[(（\[【]?原标题\s*[:：][^)）\]】\n]{0,80}[)）\]】]\s*)?(?:
      [【\[(（]?[^\s。，,、：:;；!?！？]{0,24}?(?:社|网|报|台|通讯|消息|日报|晚报|客户端)?[^。，,:：;；!?！？]{0,16}?(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日\s*(?:电|讯|消息|报道)[】\])）]?
    | 本(?:报|网|台|刊|社)(?:记者)?[^。，,\s]{0,10}?(?:讯|消息|报道)
    | 据[^。，,]{2,20}?(?:报道|消息)(?=[,，:：])
    | [^。，,\s:：]{2,12}(?:讯|快讯|消息)\s*[:：(（,，]
    | [A-Z][A-Za-z.'’ /-]{1,40}(?:,\s*[A-Z][A-Za-z.]{2,9}\.?\s*\d{1,2})?(?:,\s*\d{4})?\s*
      (?:\([A-Za-z' /.-]{2,30}\)\s*(?:--|[-–—:])|--|[–—]|\s-\s)
    )\s*(?:[(（【\[]?\s*(?:见习|实习)?(?:记者|通讯员|作者|实习生)[^)）】\]。，,]{0,40}[)）】\]])?\s*[:：,，]?\s*""",
    re.VERBOSE,
)


def without_boilerplate(lines: list[str]) -> list[str]:
    """The lines that may be text, in order. A text that would lose all of them keeps them."""
    kept = [line for line in lines if not _is_boilerplate(line)]
    return kept or lines


def without_dateline(line: str) -> str:
    """The first line of a text without 新华社北京11月23日电（记者…） and its like."""
    found = _DATELINE.match(line[:160])
    return line[found.end() :] if found and found.end() < len(line) else line


def _is_boilerplate(line: str) -> bool:
    if len(line) > _LONGEST:
        return False
    if len(line) > _SENTENCE and line.endswith(_ENDS):
        return bool(_DISCLAIMER.search(line))
    return bool(_WHOLE_LINE.match(line) or _DISCLAIMER.search(line))
