"""Lines that stand around an article and are not its text: what they look like, in Chinese and English."""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE

# A word on reuse, copyright, licence or liability: kept, word for word.
STATEMENT = re.compile(
    r"免责声明|免責聲明|版权声明|版權聲明|郑重声明|特别声明|重要声明|平台声明|本站声明|本网声明|本文声明|风险提示[:：]|法律声明"
    r"|^[\W_]{0,3}(?:声明|聲明|免责条款|版权说明|转载说明|转载声明|版权信息|版权提示)\s*[:：]"
    r"|未经.{0,16}(?:授权|许可|允许|同意|书面).{0,16}(?:不得|禁止|严禁|谢绝|请勿)|未經.{0,12}(?:授權|許可|同意).{0,12}(?:不得|禁止)"
    r"|(?:不得|禁止|严禁|谢绝|请勿).{0,6}(?:转载|轉載|擅自|复制及建立镜像)|版权(?:归|属于|均属|所有)|著作权(?:归|属于)|版權所有"
    r"|转载(?:请|須|须|需|时|必须|务必).{0,12}(?:注明|标明|保留|联系)|欢迎转载|(?:如有|若有|如涉及|涉及).{0,14}(?:侵权|版权)"
    r"|(?:30|三十)\s*(?:日|天)内|不代表(?:本[站网台刊报]|.{1,10}(?:立场|观点))|并不代表.{0,12}(?:立场|观点)|并不意味着赞同"
    r"|(?:文章|内容|作者|观点|本文).{0,8}仅代表(?:作者)?.{0,4}(?:本人|个人)|不构成.{0,8}(?:投资)?(?:建议|意见)"
    r"|(?:本文|文章|以上|内容|图片|稿件).{0,10}(?:转载自|来源于网络|来自网络|系转载)"
    r"|(?:©|\(c\)|&copy;|copyright)\s*(?:©|\(c\))?\s*(?:\d{4}|by|reserved|all)|©|all rights reserved"
    r"|may not be (?:published|reproduced|republished|copied|rewritten|redistributed)"
    r"|without (?:prior )?(?:written )?permission"
    r"|licensed under|creative commons|\bCC[- ]BY\b|republish(?:ed)? (?:this|our|with permission|under)"
    r"|reprinted with permission"
    r"|(?:以上|本文)内容.{0,20}(?:用户|作者|自媒体).{0,12}(?:上传|发布)|仅提供信息存储|知识共享|署名[-—]非商业|CC\s?BY",
    _FLAGS,
)
# What follows such a heading is other articles.
RELATED_HEAD = re.compile(
    r"^[\W_]{0,4}(?:相关(?:新闻|阅读|报道|文章|链接|资讯|推荐|内容|专题|稿件|评论|信息|话题|图集)|相關(?:新聞|閱讀|報導|文章)"
    r"|推荐(?:阅读|新闻|文章|视频)?|推薦閱讀|为您推荐|为你推荐|猜你喜欢|猜您喜欢|大家都在看|大家还在看|(?:其他人|大家|人們|人们)(?:也|都)?在看|也有兴趣|熱門(?:新聞|文章)?"
    r"|最新(?:新聞|消息)|更多(?:新聞|相關).{0,6}|延伸阅读|延伸閱讀|更多(?:新闻|精彩|阅读|文章|资讯)?"
    r"|热门(?:新闻|文章|推荐|阅读|排行)?|热点(?:新闻|推荐|排行)|精彩推荐|精选推荐|新闻推荐|编辑推荐|图片推荐|今日推荐|最新(?:新闻|文章|资讯|动态)"
    r"|新闻排行|阅读排行|点击排行|24小时(?:热文|排行)|往期(?:回顾|推荐|精选|精彩)|您可能感兴趣|你可能(?:也)?(?:喜欢|感兴趣|还想看)|看过本文的|其他人还在看"
    r"|related(?: (?:stories|articles|news|content|coverage|posts|topics|links|reading|video|videos))?"
    r"|more (?:stories|from|news|in|on|articles)\b.{0,40}"
    r"|read (?:more|next|also)|you (?:may|might)(?: also)? (?:like|be interested).{0,20}"
    r"|recommended(?: (?:for you|stories|articles|reading))?"
    r"|see also|most (?:read|popular|viewed|recent)|trending(?: now)?|latest (?:news|stories|posts)"
    r"|você pode gostar.{0,10}|também te puede interesar|te puede interesar|lesen sie auch|mehr zum thema"
    r"|lire aussi|(?:next|other|more|latest|top|recent) [a-z ]{0,20}(?:news|stories|articles|posts"
    r"|headlines)|sponsored(?: content| links)?|popular posts?"
    r"|don'?t miss|what to read next|editor'?s picks?|next article|previous article|leia (?:também|mais)"
    r"|veja também)[\W_]*$",
    _FLAGS,
)
# Such a line ends the text: what follows, if it is little, is furniture as well.
_END = re.compile(
    r"^[\W_]{0,3}(?:上一篇|下一篇|上一条|下一条|前一篇|后一篇|网友评论|发表评论|我要评论|全部评论|最新评论|热门评论|评论\s*[(（]?\d*|精彩评论|用户评论"
    r"|分享(?:到|至|让更多|本文)|扫一扫|打印(?:本页)?|关闭(?:窗口|本页)?|【?(?:打印|关闭|字体)|\d+\s*comments?\b|(?:leave|post"
    r"|add) a (?:comment|reply)|comments?\b\s*[(:]?\s*\d*\s*\)?$"
    r"|share this|tagged(?: with| in)?:|filed under|follow us on|sign up (?:for|to)|subscribe (?:to|now"
    r"|today)|join the conversation|view comments|show comments"
    r"|about the author)",
    _FLAGS,
)
LINE = re.compile(
    r"^[\W_]{0,4}(?:"
    r"(?:本文)?(?:责任编辑|責任編輯|责编|编\s*辑|編輯|值班编辑|实习编辑|执行编辑|网络编辑|网站编辑|本期编辑|主\s*编|校\s*对|审\s*[核校读]|初审|复审|终审|二审|三审|一审"
    r"|监\s*制|总监制|值班编委|值班主任|编\s*审|排\s*版|美\s*编|制\s*作|策\s*划|统\s*筹|出\s*品|录\s*入|运营编辑|流程编辑)\s*[:：丨|/／]"
    r"|(?:文章|信息|新闻|稿件|内容|资料|原文|本文|图文)?(?:来\s*源|來源|出处|稿源)(?:于|自)?\s*[:：丨|]|转(?:载)?自\s*[:：]?|转载来源"
    r"|(?:本文)?原标?题(?:为|\s*[:：]|《)|原標題|本文来自.{0,40}(?:下载|关注|更多)|(?:更多)?相关.{0,6}(?:请?关注|可关注)|安装.{0,14}客户端"
    r"|(?:此前|早前|相关)报道\s*[:：]|点击进入专题|信息来源于网络|图片(?:均|皆)?(?:来自|来源于?)网络标签\s*[:：]|标\s*签\s*[:：]?$|关键[词字]\s*[:：]"
    r"|关键词$|阅读原文|原文链接|原文地址|查看原文|本文链接|本文地址|文章链接"
    r"|作\s*者\s*[:：丨|]|发布(?:时间|日期|者|人)?\s*[:：]|发表时间|更新时间|时间\s*[:：]|日期\s*[:：]|浏览(?:次数|量)?\s*[:：]|点击(?:数|量"
    r"|次数)?\s*[:：]|阅读(?:次数|量)?\s*[:：（(]|访问量"
    r"|字\s*(?:号|体)|字体大小|【?字体|字号|T\s*\|\s*T|大\s*中\s*小|分享|收藏|点赞|举报|内容举报|纠错|我要纠错|投稿|报料|爆料|新闻(?:热线|线索)|联系(?:我们|电话|邮箱)"
    r"|扫(?:描|一扫|码)|长按(?:识别|二维码|扫码|图片)|微信扫|手机(?:扫|看|阅读|浏览)|用手机|打开(?:微信|手机)|关注(?:我们|公众号|微信)|欢迎关注|点击(?:关注|进入"
    r"|查看|下载|阅读|上方|下方|蓝字|右上角|加载|图片进入|展开)|更多.{0,14}(?:请?关注|点击|请?登录|下载|扫码)"
    r"|返回(?:搜狐|首页|顶部|列表|.{0,6}(?:首页|频道))|查看更多|展开(?:全文|阅读)|阅读全文|加载更多|下载.{0,10}(?:客户端|APP)|(?:打开|下载"
    r"|安装).{0,8}APP|广告$|推广$|广告\s*[:：]|赞助商|特别推荐$"
    r"|(?:责任)?编辑[ \u3000][\u4e00-\u9fff]{2,4}"
    r"(?:[ \u3000]+(?:校对|审核|责编|编审|美编|值班|监制)[ \u3000]?[\u4e00-\u9fff]{2,4})*$"
    r"|(?:本文)?(?:系|由).{0,12}(?:授权发布|独家供稿)|版面|来源$|（?完）?$"
    r"|您?的?位置\s*[:：]|当前位置|首页\s*[>＞»/]|上一页|下一页|\d+\s*下一页|(?:[【\[(]?\s*(?:\d{1,2}|下一页|上一页|首页|尾页|末页|余下全文|下页|上页"
    r"|\d{1,2}\s*/\s*\d{1,2}|\.{2,3}|…|>|<)\s*[】\])]?\s*){3,}$"
    r"|adverts?$|advertisement$|advertising$|sponsored$|ad$|continue reading.{0,30}|read more\b|read (?:full|the full"
    r"|also)\b|related(?: story| stories| article| news| video)?\s*:|more:|see also\s*:|also read\s*[:|]"
    r"|watch(?: now| more)?\s*:|click here (?:to|for)\b.{0,60}|download (?:the|our)\b.{0,60}app"
    r"|follow\b.{0,60}(?:twitter|facebook|instagram|@)|like us on|share (?:on|via|this)|tweet$|email$"
    r"|print$|save$|facebook$|twitter$|whatsapp$|linkedin$|pinterest$|reddit$|share$|copy link|tags?:"
    r"|topics?:|categor(?:y|ies):|posted in|image(?: credit)?s?$"
    r"|loading\b.{0,12}$|sign up\b.{0,80}|subscribe\b.{0,80}|get (?:our|the) .{0,40}newsletter|(?:this"
    r"|our) .{0,30}newsletter|thank you for (?:signing|subscribing|reading).{0,40}"
    r"|contact (?:the )?(?:author|reporter|us)|have a (?:news )?tip|send (?:us )?(?:tips|a tip)"
    r"|getty images?$|reuters$|\(?ap photo\b.{0,30}\)?$|close$|caption$|hide caption$|toggle caption$"
    r"|enlarge(?: this image)?$|play video|video:"
    r")",
    _FLAGS,
)
_SIGN = re.compile(r"^[\W_]{0,4}(?:本文)?(?:责任编辑|責任編輯|责编|编\s*辑|值班编辑|网络编辑)\s*[:：丨|/／]")
_EDITOR = re.compile(
    r"[\[【（(]\s*(?:责任编辑|責任編輯|责编|编辑|实习编辑|本文编辑|网络编辑|编校|校对|来源|文章来源|稿源)\s*[:：]?[^\]】）)]{0,40}[\]】）)]\s*$"
)
_SUFFIX = re.compile(r"(?:返回搜狐，查看更多|返回[^，。]{0,8}首页\s*[>＞»]+|(?:点击)?查看更多|阅读全文|展开全文)\s*$")
_LONGEST = 160


def is_statement(text: str) -> bool:
    return len(text) < 1_500 and STATEMENT.search(text[:1_500]) is not None


def is_furniture(text: str) -> bool:
    return len(text) <= _LONGEST and LINE.match(text) is not None


def signs_off(text: str) -> bool:
    """The editor's line: after it comes little of the text, if any."""
    return len(text) <= 80 and _SIGN.match(text) is not None


def ends_text(text: str) -> bool:
    return len(text) <= 60 and _END.match(text) is not None


def heads_related(text: str) -> bool:
    return len(text) <= 60 and RELATED_HEAD.match(text) is not None


def trailing(text: str) -> str | None:
    """The editor's note or link word with which a paragraph ends, if it does."""
    found = _SUFFIX.search(text) or _EDITOR.search(text)
    return found[0] if found and found.start() else None
