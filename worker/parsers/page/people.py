"""Names of people in bylines: told from the words around them, cut apart, and judged."""

from __future__ import annotations

import re

from worker.identity.names import clean_author, fold_name, is_placeholder
from worker.model.page import NameState, PageAuthor

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛"
    "雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻"
    "强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠"
    "甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索"
    "咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终"
    "暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾沙鞠须丰关相查后荆红游竺权盖益桓公仉督岳帅缑亢况有琴"
    "商牟佘佴伯赏墨哈谯笪年爱阳佟言福邸覃植肖付闫代涂仝初隋战牛鹿苑佀揭敬苟由矫藏尧晋楚宾展卜冶训展麦练原逯粟裴税撒覃佐"
    "趙錢孫鄭馮陳衛蔣韓楊許呂張嚴陶謝鄒竇蘇範馬鳳袁費賀倪湯羅畢鄔樂時齊顧黃蕭龐紀項閔賈婁顏鍾駱萬盧經繆應單諸鈕龔榮儲烏車寧厲劉葉龍黎薊懷蒼"
    "雙聞黨譚貢勞農溫莊閻連習魚滿國廣闕東歐師鞏聶簡饒關後紅權蓋況陽閆塗"
)
_DOUBLE = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "上官",
    "诸葛",
    "諸葛",
    "司徒",
    "司空",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "令狐",
    "慕容",
    "端木",
    "东方",
    "南宫",
    "长孙",
    "宇文",
    "轩辕",
    "申屠",
    "独孤",
    "呼延",
)
_NOT_NAMES = re.compile(
    r"[的了着吗呢吧啊我你他她它您们]|了解|获悉|从|於|于[近今昨本]|近日|今天|昨日|昨天|日前|注意|采访|发现|看到|报道|报导|表示|通过|通讯|向记|来到|走进|对此|随后"
    r"|图片|供图|平台|公司|学院|大学|中学|小学|医院|协会|委员|法院|支队|视频|微信|公众|客户|中心|编辑|记者|网$|报$|社$|台$|局$|委$|厅$|部$|办$|讯$|电$|摄$|拍$|获$"
)
_COMMON_WORDS = frozenset(
    ["关注", "关于", "关闭", "查看", "相关", "全部", "全文", "管理", "文章", "文字", "文化", "农业", "安全", "高清", "成都", "广州", "温州", "常州", "杭州", "郑州", "徐州", "黄山", "金华", "华为", "元旦", "国庆", "国内", "国际", "解读", "应急", "应用", "通知", "通报", "于是", "支持", "强烈", "和平", "华人", "明天", "时政", "万元", "简介", "向上", "曾经", "水利", "终于", "段落", "金融", "金钱", "越来", "从此", "东方", "东西", "南方", "边境", "石油", "高中", "高级", "何时", "何以", "何况", "全球", "成为", "成功", "方便", "方法", "方案", "游客", "游戏", "余下", "祝福", "满意", "应该", "全新", "全国", "全国人", "席位", "习惯", "常见", "常务", "解决", "江苏", "江西", "浙江", "云南", "海南", "湖南", "河南", "甘肃", "宁夏", "安徽", "吉林", "广东", "广西", "白银", "党建", "党史", "法律", "房产", "经济", "经营", "健康", "教育", "汽车", "科技", "时间", "时尚", "时评", "公开", "公示", "公告", "公益", "明星", "家居", "家电", "招聘", "招商", "直播", "专题", "专栏", "专家", "图书", "国家", "国防", "军事", "舆情", "舆论", "养生", "房地产", "古代", "向阳", "钱江", "水印", "施工", "曹妃甸", "万科", "华夏", "乐视", "康养", "双语", "双创", "费用", "贺电", "贺信", "方正", "许可", "项目", "范文", "任免", "任务", "计划", "章程", "诸位", "邮箱", "都市", "寿光", "连云港", "连载", "常德", "宜昌", "金山", "石家庄", "张家口", "张家界", "张掖", "安阳", "马鞍山", "荆州", "荆门", "黄冈", "黄石", "鄂州", "海口", "鲁迅", "苏州", "苏宁", "京东", "相册", "容量", "易信", "阅读", "易车", "党政", "文明", "和谐", "向前", "向后", "高考", "安装", "支付", "支部", "元宵", "元气", "云端", "云计算", "向导", "单位", "包括", "包含", "左右", "平安", "平台", "平均", "武汉", "武警", "宣传", "宣布", "项链", "毛利", "江南", "江北", "江山", "常规", "常识", "宁波", "宁德", "乐山", "乐园", "东莞", "东京", "东北", "东南", "辛苦"]
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}(?:[·•・][\u3400-\u9fff]{1,8}){0,2}")
_SPLIT = re.compile(
    r"\s*[、，,;；/／&＆|｜丨+]\s*|\s{1,8}|(?<=[\u3400-\u9fff])[和与](?=[\u3400-\u9fff]{2,3}(?:$|\s|、))"
)
_ROLE = re.compile(
    r"^(?:[\u3400-\u9fffA-Za-z·]{0,14}?(?:特约|见习|实习|首席|驻[\u3400-\u9fff]{1,6})?(?:记者|記者|通讯员|通訊員|实习生|评论员|撰稿人|撰稿|撰文|作者|编译|整理|报道员)|文字?|图文|圖文|图|文图)(?:[:：/／|｜丨]|\s)*"
)
_TAIL = re.compile(
    r"\s*(?:[(（\[【][^()（）]{0,40}[)）\]】]?|发自.{0,20}|文$|/文|摄影报道|摄$|报道$|報道$|报导$|報導$|编译$|整理$|撰文$|著$|供稿$|等$|/?(?:图|文图|图文)$)\s*$"
)
_TITLED = re.compile(
    r"(?:研究员|研究生|教授|博士|院士|部长|主任|院长|所长|校长|局长|处长|会长|理事长|秘书长|书记|总裁|董事长|经理|主席|委员|律师|评论员|作家|专家|学者|导师|讲师|总编辑|主编|医师|医生|老师|分析师|工程师|经济学家)\s{0,2}([\u3400-\u9fff]{2,3})$"
)
_JUNK = re.compile(
    r"https?:|www\.|@|[\d]{5,}|[。！？!?]|点击|阅读|浏览|来源|时间|版权|转载|字号|\{\{|\$\{|undefined|^null$|^[\W\d_]+$",
    re.IGNORECASE,
)
_NO_LATIN_NAME = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|april|june|july|august|september|october|november|december)\b"
    r"|updated|published|posted|read more|share|staff$|\d",
    re.IGNORECASE,
)
_LATIN_NAME = re.compile(
    r"(?:[A-ZÀ-ÞÁ-Ž][\w'’.\-À-ž]*|de|da|del|van|von|der|bin|al|el|la|le|dos|di|du)(?:\s+(?:[A-ZÀ-Þ][\w'’.\-À-ž]*|de|da|del|van|von|der|bin|al|el|la|le|dos|di|du|Jr\.?|I{2,3})){0,4}"
)


def is_person(name: str) -> bool:
    """Does it look like the name of a Chinese person: a surname and one or two more, or a name with a middle dot?"""
    if not re.fullmatch(r"[\u3400-\u9fff]+(?:[·•・][\u3400-\u9fff]+)*", name) or name in _COMMON_WORDS:
        return False
    if re.search("[·•・]", name):
        return 3 <= len(name) <= 16
    if name.startswith(_DOUBLE):
        return 3 <= len(name) <= 4
    return 2 <= len(name) <= 3 and name[0] in _SURNAMES and not _NOT_NAMES.search(name)


def people_in(text: str, *, strict: bool) -> list[str]:
    """The names a byline lists, up to the first word that is none. ``strict`` takes only names of persons."""
    names: list[str] = []
    rest = _without_roles(_joined_letters(text.strip()))
    for token in _SPLIT.split(rest):
        word = token.strip(" 　()（）[]【】:：")
        if not is_person(word):
            word = _TAIL.sub("", _ROLE.sub("", word)).strip(" 　:：")
        if not word:
            continue
        if not is_person(word):
            break
        names.append(word)
        if len(names) >= 12:
            break
    return names if names or strict else []


def _without_roles(text: str) -> str:
    while shorter := _ROLE.sub("", text).strip():
        if shorter == text:
            break
        text = shorter
    return text


def _joined_letters(text: str) -> str:
    """``邹 明`` is one name of two letters."""
    return re.sub(
        r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[\s\u3000]{1,3}([\u3400-\u9fff])(?![\u3400-\u9fff])", r"\1\2", text
    )


def authors_of(value: str, *, pen: bool = False) -> tuple[PageAuthor, ...]:
    """What a labelled author's value names: persons, stand-ins, pen names; nothing where it is no name at all."""
    text = _unclosed(clean_author(value) or "")
    if not text or _JUNK.search(text) or len(text) > 80:
        return ()
    if is_placeholder(text):
        return (PageAuthor(text, NameState.PLACEHOLDER),)
    if names := people_in(text, strict=True):
        return tuple(PageAuthor(name) for name in dict.fromkeys(names))
    if titled := _TITLED.search(_TAIL.sub("", text)):
        return (PageAuthor(titled[1]),) if is_person(titled[1]) else ()
    if text.isascii() or not re.search(r"[\u3400-\u9fff]", text):
        return _latin(text)
    return _others(text, pen=pen)


def _unclosed(text: str) -> str:
    """``text`` without the closing bracket of one that opened before it."""
    for opening, closing in ("()", "（）", "[]", "【】", "「」"):
        if text.endswith(closing) and opening not in text:
            text = text[:-1]
    return text.strip()


def _others(text: str, *, pen: bool) -> tuple[PageAuthor, ...]:
    """Chinese words that are no plain personal names: pen names and offices."""
    bare = _TAIL.sub("", _without_roles(text)).strip()
    if re.search(r"[,，、;；&＆]", bare):
        words = [word for word in re.split(r"\s*[,，、;；&＆\s]\s*", bare) if word]
        if all(len(word) <= 12 for word in words) and len(words) <= 6:
            return tuple(PageAuthor(word, NameState.PEN_NAME) for word in words)
        return ()
    words = bare.split()
    if len(bare) > 24 or not fold_name(bare):
        return ()
    if len(words) > 1 and all(2 <= len(word) <= 4 for word in words):
        return tuple(PageAuthor(word, NameState.NAMED if is_person(word) else NameState.PEN_NAME) for word in words)
    state = NameState.PEN_NAME if pen or not is_person(bare) else NameState.NAMED
    return (PageAuthor(bare, state),)


def _latin(text: str) -> tuple[PageAuthor, ...]:
    bare = re.split(
        r"\s+[|•·–—-]\s+|\s{2,}|,\s*(?=[A-Z]{2,5}\b|[a-z]|(?:Staff|Special|Correspondent|Reporter|Contributor|Editor|Associated|AP|The|USA))",
        text,
    )[0]
    bare = re.sub(r"^(?:by|written by|author|posted by)[:\s]+", "", bare, flags=re.IGNORECASE).strip(" ,.")
    found = []
    for word in re.split(r"\s*(?:,\s*and\b|,|;|&|/|\band\b|\bwith\b)\s*", bare):
        if not word:
            continue
        if _NO_LATIN_NAME.match(word):
            break
        if is_placeholder(word):
            found.append(PageAuthor(word, NameState.PLACEHOLDER))
        elif len(word) <= 50 and _LATIN_NAME.fullmatch(word):
            found.append(PageAuthor(word))
        elif len(word) <= 30 and re.fullmatch(r"[\w.\- ]+", word):
            found.append(PageAuthor(word, NameState.PEN_NAME))
        else:
            break
    return tuple(dict.fromkeys(found))[:12]
