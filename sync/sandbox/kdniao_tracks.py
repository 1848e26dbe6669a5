"""What happens to a parcel after its waybill, as Kdniao tells it: to paid and to free accounts.

The journey depends on the waybill number and on the handed-in clock alone. Traces come twice and
shuffled, as feeds of carriers do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.sandbox.faults import Chance
from sync.sandbox.kdniao_orders import HOUR_MS, PICKUP_MS, KdniaoOrder


@dataclass(frozen=True, slots=True)
class Step:
    """One scan of a journey: when after the waybill, and Kdniao's finer state for it."""

    after_ms: int
    action: str
    station: str


_START = (
    Step(PICKUP_MS, "1", "【深圳南山】已揽收"),
    Step(5 * HOUR_MS, "206", "快件离开【深圳南山】，发往【深圳中转部】"),
    Step(8 * HOUR_MS, "204", "快件到达【深圳中转部】"),
    Step(20 * HOUR_MS, "201", "快件到达【杭州中转部】"),
    Step(22 * HOUR_MS, "202", "【杭州西湖】正在派件"),
)
_SIGNED = (Step(25 * HOUR_MS, "301", "已签收，签收人：本人"),)
_LOCKER = (Step(25 * HOUR_MS, "211", "快件已存放至【菜鸟驿站】，请及时取件"),)
_REFUSED = (
    Step(25 * HOUR_MS, "404", "收件人拒收"),
    Step(60 * HOUR_MS, "406", "退件已签收"),
)


def journey(number: str) -> tuple[Step, ...]:
    """The scans of one waybill: of twenty, 17 are signed, two wait in a station, one goes back."""
    kind = int(number[-4:]) % 20
    return _START + (_REFUSED if kind == 7 else _LOCKER if kind in {3, 11} else _SIGNED)


def entry_of(
    order: KdniaoOrder, now_ms: int, chance: Chance, *, finer: bool = True
) -> dict[str, Any]:
    """The parcel's entry in an answer or a push; without `finer` as a free account is told."""
    steps = [
        step
        for step in journey(order.numbers[0])
        if not order.cancelled and order.made_ms + step.after_ms <= now_ms
    ]
    traces = [_trace(step, order.made_ms, finer=finer) for step in steps for _ in range(2)]
    traces.sort(key=lambda _: chance.random())
    last = steps[-1].action if steps else "0"
    told: dict[str, Any] = {
        "ShipperCode": order.shipper,
        "LogisticCode": order.numbers[0],
        "OrderCode": order.reference,
        "State": last[0],
        "Traces": traces,
    }
    return told | ({"StateEx": last, "Location": "杭州市"} if finer else {})


def _trace(step: Step, made_ms: int, *, finer: bool) -> dict[str, str]:
    local = datetime.fromtimestamp((made_ms + step.after_ms) / 1000, UTC) + timedelta(hours=8)
    told = {"AcceptTime": local.strftime("%Y-%m-%d %H:%M:%S"), "AcceptStation": step.station}
    return told | ({"Action": step.action, "Location": "杭州市"} if finer else {})
