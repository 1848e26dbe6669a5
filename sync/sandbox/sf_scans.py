"""What happens to a parcel after its waybill, told as badly as the real feed tells it.

The journey depends on the waybill number and on the handed-in clock alone. The feed repeats each
row about four times, shuffles them and leaves status codes empty, in the proportions of the one
measured merchant feed (carriers_labels.md A1, "Real feed statistic").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.sandbox.faults import Chance

_HOUR = 3_600_000
REPEATS = 4
PICKUP_MS = 2 * _HOUR


@dataclass(frozen=True, slots=True)
class Step:
    """One scan of a journey: when after the waybill, what, and SF's first status for it."""

    after_ms: int
    operation: str
    first: str
    secondary: str
    remark: str


_START = (
    Step(PICKUP_MS, "50", "1", "101", "顺丰速运 已收取快件"),
    Step(3 * _HOUR, "30", "2", "201", "快件在营业点完成分拣,准备发往转运中心"),
    Step(6 * _HOUR, "31", "2", "201", "快件到达转运中心"),
    Step(8 * _HOUR, "36", "2", "201", "快件在运送途中"),
    Step(20 * _HOUR, "31", "2", "201", "快件到达目的地营业点"),
    Step(22 * _HOUR, "44", "3", "301", "快件交给派送员,正在派送途中"),
)
_SIGNED = (Step(25 * _HOUR, "80", "4", "401", "已签收,感谢使用顺丰,期待再次为您服务"),)
_LOCKER = (Step(25 * _HOUR, "125", "11", "1101", "快件已放入自提柜"),)
_RETURNED = (
    Step(25 * _HOUR, "70", "", "", "派件不成功,收方拒收"),
    Step(28 * _HOUR, "99", "-", "-", "应客户要求,快件正在转寄回寄件人"),
    Step(60 * _HOUR, "648", "-", "-", "快件已退回"),
)


def journey(waybill_no: str) -> tuple[Step, ...]:
    """The scans of one waybill: of twenty, 17 are signed, two end in a locker, one returns."""
    kind = int(waybill_no[-4:]) % 20
    return _START + (_RETURNED if kind == 7 else _LOCKER if kind in (3, 11) else _SIGNED)


def picked_up(made_ms: int, now_ms: int) -> bool:
    """Whether the courier has the parcel; from then on SF does not cancel."""
    return now_ms - made_ms >= PICKUP_MS


def rows(waybill_no: str, made_ms: int, now_ms: int) -> Iterator[dict[str, Any]]:
    """The scans so far in order, as EXP_RECE_SEARCH_ROUTES writes them."""
    for step in journey(waybill_no):
        if made_ms + step.after_ms <= now_ms:
            yield {
                "acceptTime": _local(made_ms + step.after_ms),
                "acceptAddress": "深圳市",
                "remark": step.remark,
                "opCode": step.operation,
                "firstStatusCode": step.first,
                "secondaryStatusCode": step.secondary,
            }


def as_fed(told: list[dict[str, Any]], chance: Chance) -> list[dict[str, Any]]:
    """The same scans as a feed brings them: four times each, shuffled, status codes left out."""
    many = [_bare(row) for row in told for _ in range(REPEATS)]
    many.sort(key=lambda _: chance.random())
    return many


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if not key.endswith("StatusCode")}
    return kept | {"firstStatusCode": "", "secondaryStatusCode": ""}


def _local(at_ms: int) -> str:
    shown = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=8)
    return shown.strftime("%Y-%m-%d %H:%M:%S")
