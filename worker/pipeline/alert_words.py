"""What alerts and the digest say, in the operator's language: short, with a name, a number and what to type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

_ZH: Final[Mapping[str, str]] = {
    "source_silent": "来源「{name}」（{key}）已 {span} 没有新稿，平时最多隔 {usual}（只算它平时发稿的时段）。"
    "查看：newsroad source show {key}",
    "source_failing": "来源「{name}」（{key}）连续 {failures} 次抓取失败：{outcome}。查看：newsroad source show {key}",
    "source_trouble": "来源「{name}」（{key}）需要人处理：{trouble}。查看：newsroad source show {key}",
    "destination_failing": "「{subscriber}」的 {key} 自 {since} 起投递失败，{waiting} 条在等；"
    "{reason}联系人：{contact}。查看：newsroad destination show {key}",
    "destination_stopped": "「{subscriber}」的 {key} 已停用（{state}）：{reason}联系人：{contact}。"
    "处理后：newsroad destination resume {key}",
    "holds": "{count} 篇稿件待审，超过 {limit} 篇。查看：newsroad review list",
    "not_published": "{day} 是工作日，到 {by} 还没有发布任何稿件。查看：newsroad status",
    "tick_never": "调度（tick）还没有动过：不抓取，也不投递。查看 beat 和 worker 进程：newsroad doctor",
    "tick_dead": "调度（tick）自 {since} 起没有动静：不抓取，也不投递。查看 beat 和 worker 进程：newsroad doctor",
    "disk_low": "{path} 所在磁盘只剩 {free}，低于 {limit}。请清理，或换一个更大的磁盘",
    "retraction_unconfirmed": "《{title}》的撤稿，「{subscriber}」（{destination}）自 {since} 起未确认。"
    "请联系：{contact}。查看：newsroad delivery show {delivery}",
    "update_withheld": "《{title}》已有更新，「{subscriber}」（{destination}）不自动接收更新，请人工告知：{contact}。"
    "查看：newsroad delivery show {delivery}",
    "grant_ending": "授权 {key}（{publisher}）将于 {end} 到期，还有 {days} 天。",
    "grant_ended": "授权 {key}（{publisher}）已于 {end} 到期。",
    "nobody": "未登记",
    "subject": "[{operator}] {words}",
    "subject_many": "[{operator}] {began} 项新告警，{over} 项解除",
    "subject_news": "[{operator}] {began} 项新告警",
    "subject_over": "[{operator}] 已解除：{words}",
    "subject_overs": "[{operator}] {over} 项告警已解除",
    "began": "新告警：",
    "worse": "加重：",
    "over": "已解除：",
    "lasted": "{words}（持续 {span}）",
    "more": "……另有 {count} 项，查看：newsroad alerts",
    "test_subject": "[{operator}] 告警测试",
    "test": "这是一条测试消息，由 newsroad alerts test 发出。收到它，说明这条路能通。",
    "digest_subject": "[{operator}] {day} 日报：{state}",
    "digest_well": "一切正常",
    "digest_open": "{count} 项告警未解除",
    "digest_in": "来稿：新 {new}，修订 {revised}，重复 {duplicate}；待审 {held}，否决 {rejected}，逾期放弃 {dropped}",
    "digest_out": "投递：",
    "digest_place": "{subscriber}（{key}）：发布 {published}，更新 {updated}，撤回 {retracted}",
    "digest_rest": "，搁置 {parked}",
    "digest_total": "合计：发布 {published}，更新 {updated}，撤回 {retracted}",
    "digest_alerts": "未解除的告警：",
    "digest_waits": "等人处理：待审稿件 {holds} 篇，搁置的投递 {parked} 条，未确认的撤稿 {unconfirmed} 条，"
    "需人工告知的更新 {withheld} 条",
    "digest_grants": "授权：",
    "digest_nothing": "无",
}
_EN: Final[Mapping[str, str]] = {
    "source_silent": "Source {key} ({name}) has brought nothing new for {span}; usually it takes {usual} at most "
    "(counted over the hours in which it usually publishes). See: newsroad source show {key}",
    "source_failing": "Source {key} ({name}) failed {failures} times in a row: {outcome}. "
    "See: newsroad source show {key}",
    "source_trouble": "Source {key} ({name}) needs a person: {trouble}. See: newsroad source show {key}",
    "destination_failing": "{key} of {subscriber} has been failing since {since}, {waiting} deliveries wait; {reason}"
    "contact: {contact}. See: newsroad destination show {key}",
    "destination_stopped": "{key} of {subscriber} is stopped ({state}): {reason}contact: {contact}. "
    "When that is settled: newsroad destination resume {key}",
    "holds": "{count} articles wait for a person, more than {limit}. See: newsroad review list",
    "not_published": "{day} is a workday and nothing was published by {by}. See: newsroad status",
    "tick_never": "No tick ever: nothing is polled or delivered. Look at beat and the workers: newsroad doctor",
    "tick_dead": "No tick since {since}: nothing is polled or delivered. Look at beat and the workers: newsroad doctor",
    "disk_low": "The disk of {path} has {free} left, less than {limit}. Free some, or move to a larger one",
    "retraction_unconfirmed": "The retraction of “{title}” is not confirmed by {subscriber} ({destination}) since "
    "{since}. Call: {contact}. See: newsroad delivery show {delivery}",
    "update_withheld": "“{title}” has changed, and {subscriber} ({destination}) takes no updates by itself. "
    "Tell: {contact}. See: newsroad delivery show {delivery}",
    "grant_ending": "Grant {key} ({publisher}) ends on {end}, in {days} days.",
    "grant_ended": "Grant {key} ({publisher}) ended on {end}.",
    "nobody": "none on record",
    "subject": "[{operator}] {words}",
    "subject_many": "[{operator}] {began} new alerts, {over} over",
    "subject_news": "[{operator}] {began} new alerts",
    "subject_over": "[{operator}] Over: {words}",
    "subject_overs": "[{operator}] {over} alerts are over",
    "began": "New:",
    "worse": "Worse:",
    "over": "Over:",
    "lasted": "{words} (lasted {span})",
    "more": "… and {count} more: newsroad alerts",
    "test_subject": "[{operator}] A test of alerts",
    "test": "This is a test by: newsroad alerts test. Whoever reads it knows that this way works.",
    "digest_subject": "[{operator}] {day}: {state}",
    "digest_well": "all is well",
    "digest_open": "{count} alerts are open",
    "digest_in": "Came in: {new} new, {revised} revised, {duplicate} duplicate; {held} held, {rejected} rejected, "
    "{dropped} dropped after their deadline",
    "digest_out": "Went out:",
    "digest_place": "{subscriber} ({key}): {published} published, {updated} updated, {retracted} retracted",
    "digest_rest": ", {parked} given up",
    "digest_total": "In all: {published} published, {updated} updated, {retracted} retracted",
    "digest_alerts": "Open alerts:",
    "digest_waits": "Waiting for people: {holds} held articles, {parked} parked deliveries, {unconfirmed} unconfirmed "
    "retractions, {withheld} updates to tell partners of",
    "digest_grants": "Grants:",
    "digest_nothing": "none",
}
_UNITS: Final = {"zh": (" 天", " 小时", " 分钟", " 秒"), "en": (" d", " h", " min", " s")}


class Words:
    """The texts in one language (``zh…``, else English), with times in one zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.chinese = language.startswith("zh")
        self.zone = zone
        self._texts = _ZH if self.chinese else _EN

    def say(self, text: str, **facts: object) -> str:
        return self._texts[text].format(**facts)

    def at(self, moment: datetime) -> str:
        """``11-24 08:30``."""
        return moment.astimezone(self.zone).strftime("%m-%d %H:%M")

    def span(self, seconds: float) -> str:
        """A length of time in its largest unit."""
        units = _UNITS["zh" if self.chinese else "en"]
        for size, unit in zip((86400, 3600, 60), units, strict=False):
            if seconds >= 2 * size:
                return f"{seconds / size:.0f}{unit}"
        return f"{seconds:.0f}{units[-1]}"

    def contact(self, contact: str | None) -> str:
        return contact or self.say("nobody")

    def clause(self, reason: str | None) -> str:
        """A reason in the middle of a sentence, or nothing."""
        return "" if not reason else f"{reason.rstrip('.。；; ')}{'；' if self.chinese else '; '}"


def gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
