"""The daily report of syncing: how each link of each shop did yesterday, and who is told (F011)."""

from dataclasses import dataclass
from datetime import timedelta

from app.domain.times import day_start, local
from app.operations import notices, sync_watch
from app.operations.sync_watch import ORDERS, RED, RED_BELOW, SLOW, Alarm
from app.rulebook import Rulebook
from app.store import shops, sync_history
from app.store.seal import Row
from app.store.work import Work

AT = "06:00"


@dataclass(frozen=True, slots=True)
class Reported:
    """A day's report: its rows, and of them the links below the line and the late shops."""

    day: str
    rows: tuple[Row, ...]
    red: tuple[Row, ...]
    slow: tuple[Row, ...]

    @property
    def is_bad(self) -> bool:
        """Whether anybody has to be told."""
        return bool(self.red or self.slow)


def make(work: Work, rules: Rulebook, slot: int) -> Reported:
    """Write the report of the shop's day before ``slot`` (UTC ms); what is bad is told at once."""
    zone = rules.policy.zone
    today = local(slot, zone).date()
    day = today - timedelta(days=1)
    rows = sync_history.day_of(work, day_start(day, zone), day_start(today, zone))
    limit_ms = 1000 * rules.policy.delay_seconds
    red = tuple(row for row in rows if is_red(row))
    slow = tuple(
        row
        for row in rows
        if row["link"] == ORDERS and row["came"] and row["median_ms"] >= limit_ms
    )
    report = Reported(day.isoformat(), tuple(rows), red, slow)
    sync_history.put_day(work, report.day, rows)
    _tell(work, rules, report)
    work.tell("sync_reported", "channel", n=len(rows), red=len(red), slow=len(slow))
    return report


def is_red(row: Row) -> bool:
    """Whether less than 99.2 % of what was asked over a link worked."""
    return bool(row["asked"]) and (row["asked"] - row["failed"]) / row["asked"] < RED_BELOW


def _tell(work: Work, rules: Rulebook, report: Reported) -> None:
    """Each shop's alarms begin and end with its days; all of a day are one message."""
    names = shops.names(work)
    for kind, found in ((RED, report.red), (SLOW, report.slow)):
        about: dict[int, Row] = {}
        for row in found:
            about.setdefault(row["channel_id"], row)
        for pk in sync_watch.standing(work, kind) - about.keys():
            sync_watch.settle(work, pk, kind)
        for pk, row in about.items():
            args = {"link": row["link"], "rate": _percent(row), "day": report.day}
            args["seconds"] = str(round(row["median_ms"] / 1000, 1))
            sync_watch.renew(work, rules, Alarm(kind, pk, names.get(pk, ""), args))
    if report.is_bad:
        notices.put_report(work, rules, report.day, _lines(rules, names, report))


def _lines(rules: Rulebook, names: dict[int, str], report: Reported) -> list[str]:
    say, lang = rules.words.say, rules.policy.language

    def line(word: str, row: Row) -> str:
        return say(
            f"notice.{word}",
            lang,
            shop=names.get(row["channel_id"], ""),
            link=say(f"link.{row['link']}", lang),
            rate=_percent(row),
            seconds=str(round(row["median_ms"] / 1000, 1)),
            limit=str(rules.policy.delay_seconds),
        )

    slow = [line("slow", row) for row in report.slow]
    return slow + [line("red", row) for row in report.red]


def _percent(row: Row) -> str:
    """Never rounded up: what is below the line reads below it."""
    hundredths = (row["asked"] - row["failed"]) * 10_000 // row["asked"] if row["asked"] else 10_000
    return f"{hundredths / 100:.2f}"
