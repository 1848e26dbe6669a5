"""What happens to a parcel after its waybill, as ZTO tells it: by query and by push.

The journey depends on the waybill number and on the handed-in clock alone. As in captured pushes,
they come scrambled, and one collection is told twice with a minute between.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.sandbox.faults import Chance
from sync.sandbox.zto_orders import ZtoOrder

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Step:
    """One scan: when, what a query calls it, what a push calls it, and where."""

    after_ms: int
    scan_type: str
    action: str
    city: str
    said: str


_START = (
    Step(2 * HOUR_MS, "收件", "GOT", "上海市", "【上海市】【青浦华新】的业务员已揽收"),
    Step(2 * HOUR_MS + 60_000, "收件", "GOT", "上海市", "【上海市】【青浦华新】的业务员已揽收"),
    Step(3 * HOUR_MS, "发件", "DEPARTURE", "上海市", "【上海市】快件离开【青浦华新】"),
    Step(20 * HOUR_MS, "到件", "ARRIVAL", "郑州市", "【郑州市】快件已到达【郑州高新区】"),
    Step(22 * HOUR_MS, "派件", "DISPATCH", "郑州市", "【郑州市】业务员正在派件"),
)
_SIGNED = (Step(25 * HOUR_MS, "签收", "SIGNED", "郑州市", "【郑州市】快件已签收"),)
_STATION = (
    Step(25 * HOUR_MS, "ARRIVAL", "INBOUND", "郑州市", "【郑州市】快件已被【驿站】代收"),
    Step(40 * HOUR_MS, "SIGNED", "DEPARTURE_SIGNED", "郑州市", "【郑州市】凭取货码签收"),
)
_RETURNED = (
    Step(25 * HOUR_MS, "问题件", "PROBLEM", "郑州市", "【郑州市】收件人拒收"),
    Step(30 * HOUR_MS, "退件", "RETURN_SCAN", "郑州市", "【郑州市】快件退回"),
    Step(60 * HOUR_MS, "退件签收", "RETURN_SIGNED", "上海市", "【上海市】退件已签收"),
)


def journey(number: str) -> tuple[Step, ...]:
    """The scans of one waybill: of twenty, 17 are signed, two go to a station, one goes back."""
    kind = int(number[-4:]) % 20
    return _START + (_RETURNED if kind == 7 else _STATION if kind in {3, 11} else _SIGNED)


def feed(order: ZtoOrder, now_ms: int, chance: Chance) -> list[dict[str, Any]]:
    """The answer to a query: newest or oldest first as it comes, each scan twice."""
    told = [
        {
            "billCode": order.number,
            "scanType": step.scan_type,
            "scanDate": order.made_ms + step.after_ms,
            "desc": step.said,
            "scanSite": {"name": "网点", "city": step.city, "code": "02191"},
        }
        for step in _so_far(order, now_ms)
        for _ in range(2)
    ]
    told.sort(key=lambda _: chance.random())
    return told


def pushes(order: ZtoOrder, now_ms: int, chance: Chance) -> list[dict[str, Any]]:
    """The pushes, one scan each, scrambled."""
    told = [
        {
            "billCode": order.number,
            "actionTime": _local(order.made_ms + step.after_ms),
            "city": step.city,
            "action": step.action,
            "facilityName": "网点",
            "desc": step.said,
        }
        for step in _so_far(order, now_ms)
    ]
    told.sort(key=lambda _: chance.random())
    return told


def _so_far(order: ZtoOrder, now_ms: int) -> Iterator[Step]:
    for step in journey(order.number):
        if not order.cancelled and order.made_ms + step.after_ms <= now_ms:
            yield step


def _local(at_ms: int) -> str:
    shown = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=8)
    return shown.strftime("%Y-%m-%d %H:%M:%S")
