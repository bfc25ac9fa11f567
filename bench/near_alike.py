"""Look-alikes as bureaus write them: seeded, Chinese and English, all words our own.

A look-alike is a title and a text of one template, of which no two tell of the same event.
"""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from bench.near_edits import CITIES_EN, MONTHS, NAMES_ZH, PLACES_ZH, Piece


def look_alikes(zh: bool) -> Mapping[str, Callable[[random.Random], Piece]]:
    """Every look-alike of one language by name; each call tells of another event."""
    return _LOOK_ALIKES_ZH if zh else _LOOK_ALIKES_EN


def _weather_zh(rng: random.Random) -> Piece:
    city, m, d = rng.choice(PLACES_ZH), rng.randint(1, 12), rng.randint(1, 28)
    sky, t = ("晴", "多云", "阴", "小雨", "晴转多云", "阴有小雨", "多云转晴"), [rng.randint(-9, 35) for _ in range(6)]
    text = (
        f"{city}市气象台{m}月{d}日6时发布天气预报：今天白天{rng.choice(sky)}，{rng.choice('东南西北')}风{rng.randint(1, 3)}、{rng.randint(4, 6)}级，最高气温{t[0]}℃；"
        f"夜间{rng.choice(sky)}，最低气温{t[1]}℃，相对湿度{rng.randint(20, 95)}%。明天白天{rng.choice(sky)}，最高气温{t[2]}℃，夜间{rng.choice(sky)}，最低气温{t[3]}℃。"
        f"气象部门提醒，近期昼夜温差较大，公众外出请注意适时增减衣物，谨防感冒。驾车出行的市民请注意交通安全，遇雨雪天气路面湿滑，请减速慢行。"
        f"今日空气质量指数{rng.randint(20, 180)}，紫外线指数{rng.randint(1, 8)}级，适宜户外运动时段为{rng.randint(7, 10)}时至{rng.randint(14, 17)}时。"
    )
    return rng.choice((f"{city}今日天气预报", "今日天气预报", f"{m}月{d}日{city}天气")), text


def _epidemic_zh(rng: random.Random) -> Piece:
    place, m, d = rng.choice(PLACES_ZH), rng.randint(1, 12), rng.randint(2, 28)
    n = [rng.randint(1, 400) for _ in range(8)]
    total = rng.randint(1000, 90000)
    text = (
        f"{m}月{d - 1}日0—24时，{place}市新增本土确诊病例{n[0]}例（其中{n[1]}例由无症状感染者转为确诊病例），新增无症状感染者{n[2]}例，新增治愈出院{n[3]}例，"
        f"解除医学观察的密切接触者{n[4]}人，重症病例较前一日减少{n[5]}例。截至{m}月{d - 1}日24时，累计报告确诊病例{total}例，累计治愈出院病例{total - n[6]}例，"
        f"现有确诊病例{n[6]}例，尚在医学观察的密切接触者{n[7]}人。疾控部门提醒市民，请继续做好个人防护，科学佩戴口罩，勤洗手，常通风，少聚集，"
        f"如出现发热、咳嗽等症状，请及时到就近的发热门诊就诊，并主动告知旅居史，避免乘坐公共交通工具。"
    )
    return rng.choice((f"{place}市新冠肺炎疫情通报", f"{m}月{d - 1}日{place}新增确诊{n[0]}例", "最新疫情通报")), text


def _stock_zh(rng: random.Random) -> Piece:
    m, d = rng.randint(1, 12), rng.randint(1, 28)
    p = [f"{rng.uniform(0.01, 4):.2f}" for _ in range(6)]
    way = [rng.choice(("涨", "跌")) for _ in range(3)]
    text = (
        f"{m}月{d}日，A股三大指数今日集体{'收涨' if way[0] == '涨' else '收跌'}，截至收盘，沪指{way[0]}{p[0]}%，收报{rng.uniform(2700, 3600):.2f}点；深成指{way[1]}{p[1]}%，收报{rng.uniform(8000, 12000):.2f}点；"
        f"创业板指{way[2]}{p[2]}%，收报{rng.uniform(1500, 2500):.2f}点。沪深两市全天成交额{rng.randint(5000, 20000)}亿元，较上个交易日{rng.choice(('放量', '缩量'))}{rng.randint(10, 3000)}亿元，"
        f"北向资金全天净{rng.choice(('买入', '卖出'))}{rng.uniform(1, 150):.2f}亿元。盘面上，{rng.choice(('半导体', '白酒', '煤炭', '券商', '光伏'))}板块领涨，{rng.choice(('地产', '银行', '医药', '传媒', '钢铁'))}板块领跌，"
        f"两市超{rng.randint(1000, 4500)}只个股上涨。风险提示：股市有风险，投资需谨慎，以上内容不构成任何投资建议，投资者据此操作，风险自担。"
    )
    return rng.choice(("沪深股市今日收盘", f"收评：沪指{way[0]}{p[0]}%", f"{m}月{d}日A股收盘")), text


def _price_zh(rng: random.Random) -> Piece:
    week, goods = rng.randint(1, 52), ("猪肉", "牛肉", "羊肉", "鸡蛋", "白条鸡", "黄瓜", "西红柿", "大白菜")
    parts = "；".join(
        f"{good}平均批发价格每公斤{rng.uniform(2, 80):.2f}元，环比{rng.choice(('上涨', '下降'))}{rng.uniform(0.1, 9):.1f}%"
        for good in goods
    )
    text = (
        f"据商务部监测，{rng.randint(1, 12)}月{rng.randint(1, 28)}日至今年第{week}周末，全国食用农产品市场价格比前一周{rng.choice(('上涨', '下降'))}{rng.uniform(0.1, 3):.1f}%，"
        f"生产资料市场价格{rng.choice(('上涨', '下降'))}{rng.uniform(0.1, 3):.1f}%。食用农产品市场：{parts}。生产资料市场：成品油批发价格小幅波动，煤炭价格总体平稳，"
        f"钢材价格略有变化，基础化学原料价格涨跌互现。商务部将继续加强市场监测，保障生活必需品市场供应和价格基本稳定。"
    )
    return rng.choice(("上周食用农产品价格监测", f"第{week}周商务预报", "全国农产品批发价格周报")), text


def _meeting_zh(rng: random.Random) -> Piece:
    bureau = rng.choice(
        (
            "教育",
            "财政",
            "水利",
            "交通运输",
            "农业农村",
            "文化和旅游",
            "住房和城乡建设",
            "生态环境",
            "市场监管",
            "民政",
            "卫生健康",
            "应急管理",
        )
    )
    city, name, other = rng.choice(PLACES_ZH), *rng.sample(NAMES_ZH, 2)
    m, d = rng.randint(1, 12), rng.randint(1, 28)
    topic = rng.choice(("安全生产", "党风廉政建设", "年度重点"))
    text = (
        f"{m}月{d}日，{city}市{bureau}局召开{topic}工作会议，局党组书记、局长{name}出席会议并讲话，副局长{other}主持会议。会议传达学习了上级有关会议精神，"
        "总结回顾了前一阶段工作，分析了当前面临的形势和存在的问题，对下一阶段重点任务作出安排部署。会议强调，要进一步提高政治站位，切实增强做好工作的责任感和紧迫感，"
        "坚持问题导向、目标导向和结果导向相统一，压紧压实各级责任，确保各项工作落到实处、见到实效。会议要求，要加强组织领导，健全工作机制，强化督促检查，"
        "做到守土有责、守土负责、守土尽责；要转变工作作风，深入基层调查研究，及时发现和解决群众反映强烈的突出问题；要严明纪律规矩，营造风清气正的良好氛围。"
        f"局领导班子成员、机关各科室及直属单位主要负责人参加会议。"
    )
    return rng.choice(
        (f"{city}市{bureau}局召开{topic}工作会议", f"{bureau}局召开{topic}工作会议", f"{topic}工作会议召开")
    ), text


def _weather_en(rng: random.Random) -> Piece:
    city, n = rng.choice(CITIES_EN).title(), [rng.randint(1, 35) for _ in range(9)]
    month, day = rng.choice(MONTHS), rng.randint(1, 28)
    sky = ("sunny", "cloudy", "overcast", "light rain", "scattered showers", "clear")
    text = (
        f"The weather service in {city} issued its forecast for {month} {day}. It will be {rng.choice(sky)} during the day with a high of {n[0]} degrees and winds of {n[1]} km/h from the {rng.choice(('north', 'south', 'east', 'west'))}. "
        f"The night will be {rng.choice(sky)} with a low of {n[2]} degrees and humidity of {n[3] + 40} percent. Tomorrow will be {rng.choice(sky)} with a high of {n[4]} and a low of {n[5]} degrees. "
        f"Residents are advised to dress in layers and to drive with care when roads are wet. The air quality index stands at {n[6] * 5} and the UV index at {n[7]}. The next forecast will be issued at {n[8] % 12 + 1} o'clock."
    )
    return rng.choice((f"{city} weather forecast", "Today's weather", f"Weather for {month} {day}")), text


def _stock_en(rng: random.Random) -> Piece:
    way = [rng.choice(("rose", "fell")) for _ in range(3)]
    text = (
        f"U.S. stocks closed mixed on {rng.choice(('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'))}. The Dow Jones Industrial Average {way[0]} {rng.uniform(1, 700):.2f} points, or {rng.uniform(0.1, 3):.2f} percent, to {rng.uniform(30000, 50000):.2f}. "
        f"The S&P 500 {way[1]} {rng.uniform(1, 90):.2f} points, or {rng.uniform(0.1, 3):.2f} percent, to {rng.uniform(4000, 7000):.2f}. The Nasdaq Composite {way[2]} {rng.uniform(1, 300):.2f} points, or {rng.uniform(0.1, 3):.2f} percent, to {rng.uniform(14000, 24000):.2f}. "
        f"Volume on U.S. exchanges was {rng.uniform(8, 16):.2f} billion shares, compared with the {rng.uniform(8, 16):.2f} billion average of the last 20 trading days. Advancing issues outnumbered declining ones on the NYSE by a {rng.uniform(1, 4):.2f}-to-1 ratio. "
        f"The S&P 500 posted {rng.randint(1, 90)} new 52-week highs and {rng.randint(1, 40)} new lows; the Nasdaq recorded {rng.randint(1, 150)} new highs and {rng.randint(1, 150)} new lows."
    )
    return rng.choice(("Wall Street closes mixed", "Stocks at the close", "Closing report: US markets")), text


def _meeting_en(rng: random.Random) -> Piece:
    county = rng.choice(("Kent", "Dorset", "Essex", "Surrey", "Norfolk", "Devon", "Durham", "Suffolk"))
    body = rng.choice(("Education", "Transport", "Housing", "Health", "Planning", "Finance", "Environment"))
    chair = rng.choice(("Anna Hill", "Mark Dunn", "Joan Pike", "Peter Shaw", "Rita Cole", "Owen Bray"))
    text = (
        f"The {county} County Council {body} Committee met on {rng.choice(MONTHS)} {rng.randint(1, 28)} to review progress and set priorities for the coming year. Chair {chair} opened the meeting and thanked officers for their work. "
        "Members received a report on the previous quarter, discussed the risks set out in the register and agreed the actions proposed by officers. The committee stressed the need for close monitoring of budgets, for clear lines of responsibility "
        "and for regular engagement with residents and partners. It resolved to ask officers to bring a further report to the next meeting, to publish the action plan on the council website and to write to the relevant minister. "
        "Members of the public may attend meetings of the committee and may submit questions in writing three working days before. Minutes will be published within ten working days."
    )
    return rng.choice(
        (f"{county} {body} Committee meets", f"{body} Committee sets priorities", "Council committee meets")
    ), text


_LOOK_ALIKES_ZH: Mapping[str, Callable[[random.Random], Piece]] = {
    "weather": _weather_zh,
    "epidemic": _epidemic_zh,
    "stock close": _stock_zh,
    "price weekly": _price_zh,
    "meeting report": _meeting_zh,
}
_LOOK_ALIKES_EN: Mapping[str, Callable[[random.Random], Piece]] = {
    "weather": _weather_en,
    "stock close": _stock_en,
    "meeting report": _meeting_en,
}
