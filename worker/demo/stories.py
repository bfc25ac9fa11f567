"""The texts of the demonstration, of our own writing. Publishers, people and places are invented; domains end in
``.example``, which nobody can own (RFC 2606)."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Text:
    """One story. ``prose`` is written with line breaks for reading here; a blank line ends a paragraph.

    ``hours`` is its age when the demonstration begins, ``language`` "zh" or "en".
    """

    slug: str
    title: str
    prose: str
    hours: int
    author: str | None = None
    category: str = ""
    language: str = "zh"

    @property
    def paragraphs(self) -> list[str]:
        joint = " " if self.language == "en" else ""
        return [joint.join(paragraph.split("\n")) for paragraph in self.prose.strip().split("\n\n")]

    @property
    def html(self) -> str:
        return "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)


BROCADE = Text(
    "brocade-workshops",
    "壮锦工坊走进三十所乡村学校",
    """
岭南民族事务委员会今天启动“一台织机”计划，秋季学期起把壮锦工坊送进连江、青石两县三十所乡村学校。每所学校将得到四台矮机、
一套纹样图谱和一位驻校织娘，课程排进每周三下午的综合实践课，不收材料费。

在青石县梧桐小学的试点班上，五年级学生用六个星期织出了第一条八角花腰带。驻校织娘黄月桂说，孩子们先学会数线，再学会配色，
“织错了就拆，拆了再织，耐心就是这样长出来的”。学校把每条腰带的纹样都拍照存档，作者的名字写在旁边。

委员会表示，工坊的经费由县级文化专项和社会捐赠各承担一半，账目每学期在学校公示栏张贴。明年春天，三十所学校将合办一次学生织锦展，
作品不评奖，只展出，观众可以给喜欢的作品留一张字条。
""",
    hours=5,
    author="韦小棠",
    category="文化",
)

RADIO = Text(
    "bilingual-weather",
    "双语气象广播在连山六个乡镇试播",
    """
从本周起，连山六个乡镇的村级广播每天早晚各增加三分钟双语气象节目，先用瑶语、再用普通话播报当天的降雨、风力和农事提醒。
节目由岭南民族事务委员会与县气象站合办，播音员全部是本地人。

气象站负责人介绍，试播前他们走访了四十多个寨子，发现上了年纪的茶农常常听得懂数字、听不懂“短时强降水”这样的说法。
编辑组因此为两百多个气象词语逐一找到了瑶语里的说法，例如把“冰雹”说成“天上落石子”，老人一听就明白要给茶苗盖网。

试播期为三个月。听众可以到村委会的意见簿上留言，也可以直接给播音员打电话。词语表将在试播结束后印成小册子，免费发到每一户。
""",
    hours=9,
    category="民生",
)

EMBROIDERY = Text(
    "yao-embroidery-archive",
    "百年瑶绣纹样数字馆开馆，一万两千幅绣片可免费查阅",
    """
珠湾瑶绣纹样数字馆昨天开馆。馆内收录了最近一百一十年间的一万两千幅绣片，每一幅都按实物尺寸拍摄，正反两面、针脚走向和丝线颜色均可放大查看，
任何人不必注册就能查阅。

建馆用了四年。工作组走了七个县、一百九十个村，一半时间花在听老人讲纹样的名字上：同一个“八角星”，在山这边叫“太阳脚”
，在山那边叫“回家的路”。馆方没有统一它们，而是把每个名字连同讲述人、地点和日期一起记下来，并附上讲述的录音。

开馆当天来得最早的是七十八岁的绣娘盘秀英。她在屏幕上找到了母亲一九五三年绣的一块背带心，看了很久，说：“线头还在那里，
她收针总是往左收。”馆方说，明年起将接受私人藏品登记，绣片留在家里，只把影像存进来。
""",
    hours=7,
    author="陈望舒",
    category="文化",
)

SONGBOOK = Text(
    "songbook-exchange",
    "民歌记谱志愿者交流活动举行，百首民歌有了双语歌本",
    """
民歌记谱志愿者交流活动日前举行，来自五个县的四十多名志愿者带着各自的记谱本坐到一起，逐首核对旋律和唱词。
三年间，他们走访了两百多位歌手，记下的一百首民歌这次编成了民汉双语歌本。

歌本每一首都注明歌手、采录地点和日期，唱词先用民族文字记音，再逐句译成汉语，难译的衬词保留原样并加注解。
参与审订的音乐教师说，同一首歌在相邻的两个寨子常有不同唱法，歌本把不同唱法并排列出，不作取舍。

歌本的电子版将免费提供给中小学音乐课使用。志愿者们约定，明年春天再去回访歌手，把印好的歌本当面交到他们手里，
也请他们听一听孩子们照着歌本唱得像不像。
""",
    hours=8,
    category="民族要闻",
)

AGENCY = Text(
    "hill-railway",
    "南岭支线铁路今冬开行慢火车",
    """
南岭支线铁路将于今年冬天开行一对慢火车，全程二百一十公里，停靠十九站，最低票价两元。列车保留一节货物车厢，沿线农户可以带着鸡鸭、
蔬菜和山货上车赶集，到站后由站务员帮助装卸。

铁路部门说，这趟车每天清早从山里出发，中午到城，傍晚返回，时刻表按照沿途五个集市的日子排定。车上设有一张公用长桌，
供学生写作业，也供乘客晾晒当天要卖的山货样品。过去赶一次集要走两个小时山路，现在坐车二十五分钟就到。

首发列车的车票不对外预售，只在沿线村委会登记领取，优先照顾六十岁以上的老人和带孩子的家长。
""",
    hours=6,
    category="民生",
)

FERRY = Text(
    "night-ferry",
    "Night ferry returns to the lower river after eleven years",
    """
The night ferry between Old Landing and the south bank will run again from Friday, eleven years after the last
boat was tied up. Four crossings a night are planned, the last one at half past one, timed for the end of the
late shift at the fish market.

The boat is the same one. The Marigold spent a decade as a floating store for nets and paint before the
harbour trust had her hull surveyed and found it sounder than anybody expected. Two electric motors now stand
where the diesel was, and the engine room, says mate Ruth Adeyemi, is quiet enough to hear the tide.

A crossing costs the price of a bus ticket and the bus ticket is accepted. The trust says it needs ninety
passengers a night to break even, and has promised to publish the count every Monday, good or bad.
""",
    hours=4,
    author="Ines Caldeira",
    category="transport",
    language="en",
)

KITCHENS = Text(
    "school-kitchens",
    "School kitchens switch to rice from the valley",
    """
Twenty-two school kitchens in the river districts will cook with rice grown in the valley from next term. The
farms are between six and forty kilometres away; until now the rice came four days by road.

The change began with a single cook. Mei Tan kept a notebook of what came back on the plates at Quay Road
school and noticed that fresh rice came back less. Her figures, three years of them, were read aloud at the
council's supply meeting, where nobody had better ones.

The contract runs for two years and pays the farms monthly. It covers 140 tonnes a year, and the council says
the price per kilogram is two per cent below the old one.
""",
    hours=3,
    author="Tomas Whitlock",
    category="education",
    language="en",
)

KITCHENS_CORRECTED = replace(
    KITCHENS,
    prose=KITCHENS.prose.replace("140 tonnes", "104 tonnes").replace("per cent below", "per cent above")
    + "\nCorrection: an earlier version gave the yearly amount as 140 tonnes and the price as lower than before.\n",
)

EVENING_SCHOOL = Text(
    "evening-school",
    "渡口老街办起夜校，第一课教看懂水电账单",
    """
珠湾渡口老街的夜校上周开课。教室借用的是停业两年的布店，柜台改成讲台，量布的木尺拿来当教鞭。第一课不教书法也不教英语，
教的是怎样看懂一张水电账单。

出主意的是街坊会的退休电工林伯。他说，街上的老人每个月都拿着单子来问他，问的人多了，不如坐下来一起讲。三十把椅子坐满之后，
门口还站着十几个人，有人带了自家的账单来对，当场算出多交了三个月的公摊电费。

夜校每周二、周四晚上开门，讲课的人不拿报酬，听课的人不交学费，只请大家轮流烧水。下个月的课程表已经贴在门板上：怎样写一封投诉信，
怎样给旧自行车换刹车皮，怎样用手机预约挂号。
""",
    hours=2,
    author="陈望舒",
    category="社区",
)

TIDE_CLOCK = Text(
    "tide-clock",
    "老码头的潮汐钟修好了，停了四十年的指针又走起来",
    """
珠湾老码头的潮汐钟昨天傍晚重新走时。这座钟停了四十年，钟面上只有一根指针，十二小时二十五分钟走一圈，指着“满”字就是高潮，
指着“干”字就是低潮，码头工人过去看它比看日历还勤。

修钟的是中学物理教师罗定一和他的六个学生。原来的图纸早已不在，他们用两年时间记录潮水，再照着记录反推齿轮的齿数，
做坏了十一个木齿轮，第十二个才用黄铜浇铸。误差现在是每月四分钟，罗定一说还能再小一点。

码头管理处没有给钟装玻璃罩。他们说，当年的钟就是敞开的，谁都可以走近看齿轮怎么咬合；海风会让黄铜变绿，变绿了，擦一擦就是。
""",
    hours=1,
    author="罗汝成",
    category="社区",
)

EMBROIDERY_EDITED = Text(
    "embroidery-online",
    "一万两千幅瑶绣绣片上了网，不用注册就能看",
    """
本网讯 珠湾瑶绣纹样数字馆昨天开馆。馆内收录了最近一百一十年间的一万两千幅绣片，
每一幅都按实物尺寸拍摄，正反两面、
针脚走向和丝线颜色均可放大查看，任何人不必注册就能查阅。

扫码关注本网，天天有新鲜事。

建馆前后用了四年。工作组走了七个县、一百九十个村，一半时间花在听老人讲纹样的名字上：同一个“八角星”，在山这边叫“太阳脚”
，在山那边叫“回家的路”。馆方没有统一它们，而是把每个名字连同讲述人、地点和日期一起记下来，并附上讲述的录音。

原标题：百年瑶绣纹样数字馆开馆，一万两千幅绣片可免费查阅
""",
    hours=1,
    category="民族要闻",
)
"""EMBROIDERY as a portal reprints it: another headline, an advert inside, a word changed, the end cut."""

_PORT_WEEK = """
珠湾港务局今天发布一周货运简报。{days}，全港完成货物吞吐量{cargo}万吨，比前一周{trend}百分之{share}；集装箱装卸{boxes}标准箱，
其中外贸{foreign}标准箱。靠泊船舶{ships}艘次，平均在港停时{hours}小时。

分货类看，煤炭{coal}万吨，粮食{grain}万吨，砂石{sand}万吨。港务局提醒，受{wind}影响，{gate}号泊位{closed}暂停作业，请船方提前安排。

简报由珠湾港务局调度中心编制，每周一上午发布，数字以船舶离泊时间为准，内河驳船与渔船不计在内。集装箱按二十英尺标准箱折算，
一只四十英尺箱计作两个标准箱。各货主如对本期数字有疑问，可在发布后三个工作日内向调度中心提出核对，更正将在下一期简报中说明。
"""


def _port_week(number: int, **figures: str) -> Text:
    return Text(
        f"port-week-{number}",
        f"珠湾港一周货运简报（第{number}期）",
        _PORT_WEEK.format(**figures),
        hours=1,
        category="民生",
    )


PORT_WEEK = _port_week(
    46,
    days="11月9日至15日",
    cargo="83.6",
    trend="增加",
    share="4.1",
    boxes="12640",
    foreign="5310",
    ships="214",
    hours="18.5",
    coal="21.7",
    grain="9.4",
    sand="30.2",
    wind="冷空气",
    gate="3",
    closed="17日夜间",
)
PORT_WEEK_AFTER = _port_week(
    47,
    days="11月16日至22日",
    cargo="77.9",
    trend="减少",
    share="6.8",
    boxes="11875",
    foreign="4986",
    ships="197",
    hours="20.3",
    coal="18.1",
    grain="11.6",
    sand="26.5",
    wind="大雾",
    gate="7",
    closed="24日上午",
)
"""Two of one series: the same words with other figures, and two articles."""
