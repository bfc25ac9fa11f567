"""Texts of one series that tell of different events: seeded, Chinese and English, all words our own.

A bulletin is a title and a text out of a pattern: ``{m#1-12}`` a number, kept under that name for ``{m}`` later,
``{#1-9}`` and ``{~0.1-9.9}`` one that is not kept, ``{a|b}`` a choice, ``{@place}`` and ``{who@name}`` one of a list.
"""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bench.near_edits import Piece

_SLOT = re.compile(r"\{([^{}]*)\}")
_LISTS: Mapping[str, Sequence[str]] = {
    "place": ["青海玉树", "四川甘孜", "云南大理", "新疆阿克苏", "西藏那曲", "甘肃定西", "台湾花莲", "河北唐山", "山东菏泽", "广西百色"],
    "city": ["沈阳", "合肥", "济南", "长春", "南昌", "贵阳", "兰州", "太原", "福州", "郑州", "宁波", "无锡", "洛阳", "泉州"],
    "name": ["赵志强", "孙丽华", "周建国", "吴小军", "郑海燕", "王立新", "冯国梁", "陈玉兰", "韩志刚", "魏晓东", "蒋文斌", "沈佳琪", "唐德明", "许振华"],
    "firm": ["华星科技", "恒远药业", "中盛能源", "天合新材", "东岳机械", "金谷食品", "海润光电", "同方精密", "瑞丰农业", "北辰装备"],
    "team": ["上海申花", "北京国安", "山东泰山", "成都蓉城", "浙江队", "天津津门虎", "武汉三镇", "河南队", "长春亚泰", "青岛海牛"],
    "country": ["巴西", "南非", "埃及", "泰国", "法国", "智利", "越南", "肯尼亚", "匈牙利", "塞尔维亚"],
    "town": ["Leeds", "Boston", "Perth", "Dayton", "Galway", "Tucson", "Dover", "Salem", "Truro", "Norwich", "Bergen", "Windsor"],
    "person": ["John Marsh", "Helen Ortiz", "Paul Weaver", "Grace Lund", "Samuel Price", "Ruth Ellison", "Victor Hale", "Nora Finch", "Ian Doyle", "Clara Boone"],
    "club": ["Rovers", "United", "Athletic", "Rangers", "Wanderers", "City", "Albion", "Villa", "Harriers", "Town"],
    "month": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "product": ["OpenWidget", "libfoo-ng", "DataBridge", "MailGate", "NetProxy", "CoreSync", "PhotoTool", "WikiServe"],
}  # fmt: skip


def told(rng: random.Random, pattern: Piece, lists: Mapping[str, Sequence[str]] = _LISTS) -> Piece:
    """One title and text of a pattern, with names out of those lists."""
    kept: dict[str, str] = {}

    def fill(slot: re.Match[str]) -> str:
        inside: str = slot[1]
        if inside in kept:
            return kept[inside]
        name, kind, rest = re.findall(r"(\w*)([#~@]?)(.*)", inside)[0]
        if kind == "#":
            low, high = map(int, rest.split("-"))
            value = str(rng.randint(low, high))
        elif kind == "~":
            low_, high_ = rest.split("-")
            value = f"{rng.uniform(float(low_), float(high_)):.{len(high_.partition('.')[2])}f}"
        elif kind == "@":
            value = rng.choice([each for each in lists[rest] if each not in kept.values()])
        else:
            return rng.choice(inside.split("|"))
        if name:
            kept[name] = value
        return value

    text = _SLOT.sub(fill, pattern[1])
    return _SLOT.sub(fill, pattern[0]), text


BULLETINS_ZH: Mapping[str, Piece] = {
    "earthquake": ("{where}发生{mag}级地震", "中国地震台网正式测定：{m#1-12}月{d#1-28}日{#0-23}时{#10-59}分在{where@place}（北纬{~22.01-45.99}度，东经{~75.01-119.99}度）发生{mag~2.8-5.9}级地震，震源深度{#5-20}千米。地震发生后，当地应急管理部门立即启动响应机制，组织人员赴震中核查灾情。截至目前，暂未接到人员伤亡和财产损失报告。专家提醒，震区居民应保持冷静，注意防范余震，不信谣、不传谣，以官方发布的信息为准。"),
    "obituary": ("{who}同志逝世", "原{city@city}市{人大常委会副主任|政协副主席|人民政府副市长|纪委副书记}、离休干部{who@name}同志，因病医治无效，于{m#1-12}月{d#1-28}日在{city}逝世，享年{#78-99}岁。{who}同志{#1920-1948}年{#1-12}月出生，{#1938-1966}年参加革命工作，{#1938-1969}年加入中国共产党。参加工作后历任干事、科长、处长等职，{#1985-2005}年离职休养。他的一生对党忠诚，对工作兢兢业业，对同志热情诚恳，始终保持了共产党员的本色。根据本人遗愿，丧事从简，不举行遗体告别仪式。"),
    "vacancies": ("{city}市{unit}公开招聘工作人员公告", "因工作需要，{city@city}市{unit@firm}有限公司面向社会公开招聘工作人员{#3-60}名，现将有关事项公告如下：一、招聘条件：遵守国家法律法规，品行端正，身体健康，年龄在{#28-45}周岁以下，具有{大专|本科|研究生}及以上学历。二、报名时间：{m#1-12}月{d#1-28}日至{#1-12}月{#1-28}日，上午9时至11时30分，下午2时至5时。三、报名需携带本人身份证、学历证书原件及复印件、近期免冠照片。四、考试采取笔试与面试相结合的方式进行，成绩在网站公布。五、拟聘用人员公示七天，无异议的办理聘用手续，试用期三个月。咨询电话：{#62000000-88999999}。"),
    "appointments": ("{city}市人民政府任免{who}等同志职务", "{city@city}市人民政府决定：任命{who@name}同志为市{教育|财政|交通运输|水务|民政|司法|商务}局副局长（试用期一年）；任命{@name}同志为市{统计|审计|林业|体育|信访}局调研员；免去{@name}同志的市{教育|财政|交通运输|水务|民政|司法|商务}局副局长职务。各县、自治县、区人民政府，市政府各委办局，市直各单位：上述人员的任职时间从市政府党组会议研究决定之日起计算，按照干部管理权限办理有关手续，请各有关单位认真做好工作交接。"),
    "court notice": ("公告", "{who@name}：本院受理原告{city@city}{firm@firm}有限公司诉你{买卖合同|租赁合同|民间借贷|物业服务合同|劳务合同}纠纷一案，案号为（20{y#18-26}）民初{#100-9999}号，现依法向你公告送达起诉状副本、应诉通知书、举证通知书、开庭传票及民事裁定书。自本公告发出之日起经过{30|60}日即视为送达。提出答辩状和举证的期限分别为公告期满后{15|30}日内，并定于举证期满后第{#2-6}日上午{8|9|10}时（遇法定节假日顺延）在本院第{#1-20}法庭公开开庭审理，逾期将依法缺席裁判。"),
    "lottery": ("双色球第20{y#20-26}{n#100-153}期开奖：头奖{k#1-15}注", "昨晚，中国福利彩票双色球进行了第20{y}{n}期开奖，当期开出红球号码为{#10-33}、{#10-33}、{#10-33}、{#10-33}、{#10-33}、{#10-33}，蓝球号码为{#10-16}。当期全国共开出一等奖{k}注，单注奖金{#5-9}{#100-999}{#100-999}元；二等奖{#60-190}注，单注奖金{#90-320}{#100-999}元。当期销量为{#300-420}{#100-999}{#100-999}元，奖池金额累计{#8-25}{#100-999}{#100-999}{#10-99}元滚存至下期。彩民朋友可凭中奖彩票到各地福利彩票中心兑奖，兑奖期限为开奖之日起六十天，逾期未兑奖视为弃奖，弃奖奖金纳入公益金。"),
    "match": ("中超：{home}{a}比{b}{away}", "{m#1-12}月{d#1-28}日晚，中国足球协会超级联赛第{#1-30}轮继续进行，{home@team}坐镇主场迎战{away@team}，最终双方以{a#0-5}比{b#0-5}的比分结束了较量。第{#3-40}分钟，{@name}接队友传中头球破门，为球队首开纪录。易边再战，双方都加强了进攻，第{#50-70}分钟{@name}禁区外远射，皮球被门将扑出底线。此后两队多次换人调整，场面一度胶着，但都没能改写比分。赛后的新闻发布会上，两队主教练都对球员的拼搏精神表示满意，并称会认真总结，备战下一轮比赛。"),
    "fuel": ("国内成品油价格{调整|迎来新一轮调整}", "国家发展改革委发布消息，根据近期国际市场油价变化情况，按照现行成品油价格形成机制，自{m#1-12}月{d#1-28}日24时起，国内汽、柴油价格（标准品）每吨分别{上调|下调}{#50-480}元和{#50-480}元。中石油、中石化、中海油三大公司及其他原油加工企业要组织好成品油生产和调运，确保市场稳定供应，严格执行国家价格政策。各地相关部门要加大市场监督检查力度，严厉查处不执行国家价格政策的行为，维护正常市场秩序。消费者可通过12315平台举报价格违法行为。"),
    "yuan fixing": ("人民币对美元中间价{上调|下调}{k#5-380}个基点", "来自中国外汇交易中心的数据显示，{d#1-28}日人民币对美元汇率中间价报{~6.3001-7.2999}，较前一交易日变动{#5-380}个基点。中国人民银行授权中国外汇交易中心公布，银行间外汇市场人民币汇率中间价为1欧元对人民币{~7.1001-8.2999}元，100日元对人民币{~4.6001-5.9999}元，1港元对人民币{~0.81001-0.93999}元，1英镑对人民币{~8.1001-9.4999}元。业内人士认为，人民币汇率双向波动、弹性增强将是常态，企业应树立风险中性理念，合理运用衍生工具管理汇率风险。"),
    "alert": ("{city}发布暴雨{蓝|黄|橙|红}色预警", "{city@city}市气象台{m#1-12}月{d#1-28}日{h#0-23}时{#10-59}分发布暴雨{蓝|黄|橙|红}色预警信号：预计未来{3|6|12|24}小时内，我市大部分地区降雨量将达{#30-120}毫米以上，局地伴有短时强降水、雷电和{#7-10}级左右大风，请注意防范。防御指南：一、政府及相关部门按照职责做好防暴雨准备工作；二、学校、幼儿园采取适当措施，保证学生和幼儿安全；三、驾驶人员应当注意道路积水和交通阻塞，确保安全；四、检查城市、农田、鱼塘排水系统，做好排涝准备。"),
    "buyback": ("{firm}：累计回购{~0.1-3.9}%股份", "{firm@firm}公告，截至{m#1-12}月{d#1-28}日，公司通过集中竞价交易方式累计回购股份{#100-999}.{#10-99}万股，占公司总股本的{~0.11-3.99}%，成交的最高价为{~8.01-39.99}元/股，最低价为{~5.01-29.99}元/股，支付的总金额为{#1000-29999}.{#10-99}万元（不含交易费用）。本次回购符合相关法律法规的规定及公司回购方案的要求。公司后续将根据市场情况在回购期限内继续实施本次回购计划，并按照相关规定及时履行信息披露义务，敬请广大投资者注意投资风险。"),
    "briefing": ("外交部发言人{who}主持例行记者会", "{m#1-12}月{d#1-28}日，外交部发言人{who@name}主持例行记者会。记者：有报道称，{c@country}方面日前就双边贸易问题表态，中方对此有何评论？{who}：我们注意到有关报道，{c}是中方的重要合作伙伴，双方{@country}会晤期间已就此交换意见。记者：据了解，{@country}领导人将于下周访华，能否介绍访问的具体安排？{who}：如有进一步消息，我们会及时发布，请你保持关注。记者：有媒体问及中美经贸磋商的进展。{who}：中方的立场是一贯的、明确的，希望双方相向而行，在平等和相互尊重的基础上妥善处理分歧。记者：关于半岛局势，中方有何看法？{who}：中方一贯主张通过对话协商解决问题，希望有关方多做有利于地区和平稳定的事。"),
    "power cut": ("停电公告", "国网{city@city}供电公司停电公告：因{线路改造|设备检修|业扩接入|道路施工}需要，定于{m#1-12}月{d#1-28}日{#5-8}时至{#15-20}时对10千伏{西山|东湖|北苑|南郊|新城|古塔}线停电，停电范围：{和平|建设|人民|解放|青年|光明}路{#1-300}号至{#301-600}号及周边用户。停电期间，请广大用户关闭用电设备电源，停电设备视为带电，严禁在停电线路上擅自工作。工作结束提前送电不另行通知，遇特殊情况需要推迟或取消时另行公告。给您带来的不便敬请谅解，如有疑问请拨打供电服务热线95598。"),
    "dispatch by phone": ("{city}警方破获一起电信诈骗案", "近日，{city@city}市公安局{刑侦|网安|经侦}支队成功破获一起电信网络诈骗案，抓获犯罪嫌疑人{who@name}等{#2-40}人，涉案金额{#20-990}万元。经查，该团伙以{刷单返利|冒充客服|虚假投资|网络贷款}为名实施诈骗，受害人遍及全国多个省市。目前，案件正在进一步侦办中。警方提醒：凡是要求转账汇款到安全账户的都是诈骗，凡是索要验证码的都是诈骗，凡是网上交友后推荐投资的都是诈骗，请广大群众提高警惕，下载安装国家反诈中心应用，一旦受骗立即拨打110报警。"),
}  # fmt: skip

BULLETINS_EN: Mapping[str, Piece] = {
    "earthquake": ("Magnitude {mag} quake near {town}", "A magnitude {mag~3.1-6.9} earthquake struck {#3-80} km from {town@town} at {#1-12}:{#10-59} local time on {@month} {#1-28}, the geological survey said. The quake was at a depth of {#5-90} km. There were no immediate reports of damage or injuries, and no tsunami warning was issued. Residents were told to expect aftershocks and to check their homes for cracks and gas leaks. Anyone who felt the shaking can file a report on the survey's website, which helps scientists to map how strongly the ground moved."),
    "lottery": ("Lotto results for draw {n#1000-3999}", "The winning numbers in draw {n} were {#1-59}, {#1-59}, {#1-59}, {#1-59}, {#1-59} and {#1-59}, and the bonus ball was {#1-59}. {#0-9} tickets matched all six numbers and share a jackpot of {~1.1-19.9} million. {#10-90} tickets matched five and the bonus and win {#20000-90000} each. The next draw has an estimated jackpot of {~2.1-29.9} million. Players have 180 days from the draw to claim a prize, and tickets can be checked in the app, on the website or at any retailer. Play responsibly: support is available by telephone at any hour."),
    "obituary": ("{who}, {age}", "{who@person}, {age#70-99}, of {town@town}, passed away peacefully on {@month} {#1-28} surrounded by family. Born in {#1925-1955}, {who} worked for {#20-40} years at the {mill|school|hospital|post office|railway} and was a devoted member of the church. Survivors include {#1-5} children, {#2-12} grandchildren and many nieces and nephews. Visitation will be held from {#2-4} to {#5-8} p.m. on {Monday|Tuesday|Thursday|Friday} at the funeral home, with a service to follow the next morning. In lieu of flowers the family asks for donations to the local hospice. Condolences may be left on the funeral home's website."),
    "match": ("{home} {a}-{b} {away}", "{town@town} {home@club} and {away@club} met on {Saturday|Sunday|Tuesday|Wednesday} in front of a crowd of {#2000-49000}, and the match ended {a#0-5}-{b#0-5}. {@person} opened the scoring in the {#3-44}th minute with a header from a corner. After the break both sides pushed forward, and {@person} hit the post in the {#50-89}th minute. The managers made late changes but neither side could find another goal. Afterwards both managers praised the effort of their players and said that the focus was now on the next match of the league, which will be played at the weekend."),
    "advisory": ("Security update for {p}", "A vulnerability has been found in {p@product} before version {#1-9}.{#0-30}.{#0-9}. It is tracked as CVE-20{#18-26}-{#1000-59999} and has a base score of {~4.1-9.9}. An attacker could {read files|run code|cause a denial of service|bypass authentication} by sending a crafted request. Users are advised to upgrade as soon as possible. Where an upgrade is not possible, access to the service should be restricted to trusted networks. The maintainers thank the researcher who reported the issue responsibly. Packages for supported distributions are available through the usual channels, and administrators should restart the service after the upgrade."),
    "earnings": ("{who} Corp shares move after results", "{who@town} Corp reported quarterly revenue of {~1.01-9.99} billion dollars, compared with {~1.01-9.99} billion a year earlier, and earnings of {~0.11-4.99} dollars a share. Analysts had expected {~0.11-4.99} dollars on average. For the current quarter the company expects revenue between {~1.01-4.99} and {~5.01-9.99} billion. Shares {rose|fell} {~0.1-9.9} percent in extended trading. Chief executive {@person} said that demand was in line with expectations and that the company would go on investing in its products. The board declared a dividend of {#10-90} cents a share, payable to shareholders of record at the end of the month."),
    "court": ("Notice of hearing", "NOTICE is hereby given that an application has been filed in the county court of {town@town} by {who@person}, case number {#10000-99999}, for {a change of name|probate of a will|letters of administration|termination of a lease}. A hearing will be held on {@month} {#1-28} at {9|10|11|2} o'clock in courtroom {#1-30}. Any person who objects may appear and be heard, or may file a written objection with the clerk not later than seven days before the hearing. If no objection is filed the court may grant the application without further notice. This notice is published in accordance with the rules of the court for two successive weeks."),
    "traffic": ("Road closures in {town}", "Drivers in {town@town} face delays from {Monday|Tuesday|Wednesday|Thursday} as route {#1-99} will be closed between junctions {#1-20} and {#21-40} for {resurfacing|bridge repairs|drainage works|tree cutting}. The closure will last until {@month} {#1-28}, from {#7-10} in the evening until {#4-6} in the morning. A signed diversion will be in place. The council has apologised for any inconvenience and thanked residents for their patience. Buses will stop at temporary stops, and access for emergency vehicles will be kept at all times. Further details are on the council's website, where comments can be left as well."),
}  # fmt: skip


def bulletins(zh: bool) -> Mapping[str, Callable[[random.Random], Piece]]:
    """Every series of one language by name; each call tells of another event."""
    patterns = BULLETINS_ZH if zh else BULLETINS_EN
    return {name: partial(told, pattern=pattern) for name, pattern in patterns.items()}
