"""The sandbox's own book of SF orders: its truth, against which a run is counted.

Business rules and codes are those of carriers_labels.md A1. An order number is used up by its
first success, also after a cancel.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.faults import Chance
from sync.sandbox.sf_checks import refusals
from sync.sandbox.sf_label import city_code, route_label
from sync.sandbox.sf_scans import as_fed, picked_up, rows

Result = tuple[str, Any]
"""(SF's business code, msgData)."""

_MOST_NUMBERS = 10


@dataclass(slots=True)
class SfOrder:
    """One order SF took: who made it when, its numbers, and what was answered."""

    partner: str
    reference: str
    made_ms: int
    numbers: tuple[str, ...]
    answer: dict[str, Any]
    phones: tuple[str, ...]
    cancelled: bool = False


@dataclass(slots=True)
class SfRules:
    """What this SF is like: known monthly cards (empty = any), cities it does not serve.

    `replays` answers a repeated order number with the first waybill, as one page of SF's
    documentation says, instead of 8016, as another says. `rough_routes` answers route queries as
    the measured feed was.
    """

    cards: frozenset[str] = frozenset()
    unserved: frozenset[str] = frozenset({"三沙"})
    replays: bool = False
    rough_routes: bool = True


@dataclass(slots=True)
class SfOrders:
    """All orders of all customer codes, by order number and by waybill number."""

    chance: Chance
    rules: SfRules = field(default_factory=SfRules)
    by_reference: dict[tuple[str, str], SfOrder] = field(default_factory=dict)
    by_number: dict[str, SfOrder] = field(default_factory=dict)
    given: int = 0

    def create(self, partner: str, order: Mapping[str, Any], now_ms: int) -> Result:
        """Take an order and give it its waybills, or refuse it."""
        for code in refusals(order, self.rules.cards):
            return code, None
        there = self.by_reference.get((partner, order["orderId"]))
        if there is not None:
            return ("S0000", there.answer) if self.rules.replays else ("8016", None)
        made = self._made(partner, order, now_ms)
        self.by_reference[partner, made.reference] = made
        self.by_number.update(dict.fromkeys(made.numbers, made))
        return "S0000", made.answer

    def search(self, partner: str, asked: Mapping[str, Any]) -> Result:
        """The answer of the create, once more."""
        order = self.by_reference.get((partner, str(asked.get("orderId"))))
        return ("6150", None) if order is None else ("S0000", order.answer)

    def update(self, partner: str, asked: Mapping[str, Any], now_ms: int) -> Result:
        """Cancel (dealType 2); a confirm (dealType 1) changes nothing here."""
        order = self.by_reference.get((partner, str(asked.get("orderId"))))
        code = _kept_because(order, asked, now_ms)
        if code or order is None:
            return code, None
        order.cancelled = order.cancelled or asked.get("dealType") == 2
        listed = order.answer["waybillNoInfoList"]
        return "S0000", {
            "orderId": order.reference,
            "waybillNoInfoList": listed,
            "resStatus": 2,
        }

    def routes(self, partner: str, asked: Mapping[str, Any], now_ms: int) -> Result:
        """The scans of at most ten waybills."""
        numbers = asked.get("trackingNumber")
        if not isinstance(numbers, list) or not numbers:
            return "8013", None
        if len(numbers) > _MOST_NUMBERS:
            return "8003", None
        tail = str(asked.get("checkPhoneNo") or "")
        told = [
            {"mailNo": number, "routes": self._told(partner, str(number), tail, now_ms)}
            for number in numbers
        ]
        return "S0000", {"routeResps": told}

    def scans(self, order: SfOrder, now_ms: int) -> list[dict[str, Any]]:
        """What happened to this order's main waybill so far, in order."""
        if order.cancelled or not order.numbers:
            return []
        return list(rows(order.numbers[0], order.made_ms, now_ms))

    def _told(self, partner: str, number: str, tail: str, now_ms: int) -> list[dict[str, Any]]:
        order = self.by_number.get(number)
        if order is None:
            return []
        if order.partner != partner and not any(p.endswith(tail or "?") for p in order.phones):
            return []
        told = self.scans(order, now_ms)
        return as_fed(told, self.chance) if self.rules.rough_routes else told

    def _made(self, partner: str, order: Mapping[str, Any], now_ms: int) -> SfOrder:
        contacts = sorted(order["contactInfoList"], key=lambda contact: contact["contactType"])
        ends = city_code(contacts[0]), city_code(contacts[1])
        place = "".join(str(contacts[1].get(key) or "") for key in ("city", "address"))
        served = not any(name in place for name in self.rules.unserved)
        numbers = self._numbers(order) if served else ()
        labels = [route_label(order, number, ends) for number in numbers]
        answer = {
            "orderId": order["orderId"],
            "originCode": ends[0],
            "destCode": ends[1],
            "filterResult": 2 if served else 3,
            "remark": "" if served else "2",
            "waybillNoInfoList": [
                {"waybillType": 1 if at == 0 else 2, "waybillNo": number}
                for at, number in enumerate(numbers)
            ],
            "routeLabelInfo": labels,
        }
        phones = tuple(str(c.get("mobile") or c.get("tel") or "") for c in contacts)
        return SfOrder(partner, order["orderId"], now_ms, numbers, answer, phones)

    def _numbers(self, order: Mapping[str, Any]) -> tuple[str, ...]:
        """Unique numbers: "SF" + 13 digits if asked for the unified form, else 12 digits."""
        first = self.given
        self.given += int(order.get("parcelQty", 1))
        unified = str(order.get("isUnifiedWaybillNo")) == "1"
        stem = "SF7444" if unified else "444"
        return tuple(_number(stem, at) for at in range(first, self.given))


def _number(stem: str, serial: int) -> str:
    """Eight digits of serial and a check digit, as numbers seen in SF's own samples have it.

    The rule fits 8 of 11 public samples (by chance: one); SF has not published it. Odd weights from
    the right, digits of each product added; the first three digits do not count.
    """
    core = stem.removeprefix("SF")[3:] + f"{serial:08}"
    weighed = [int(digit) * (2 * at + 1) for at, digit in enumerate(reversed(core))]
    check = -sum(w // 10 % 10 + w % 10 for w in weighed) % 10
    return f"{stem}{serial:08}{check}"


def _kept_because(order: SfOrder | None, asked: Mapping[str, Any], now_ms: int) -> str:
    """SF's code for why this order stays as it is, or "" where it may be changed."""
    if order is None:
        return "8018"
    named = [str(one.get("waybillNo")) for one in asked.get("waybillNoInfoList") or []]
    if any(number not in order.numbers for number in named):
        return "8017"
    if order.cancelled:
        return "8037"
    if asked.get("dealType") == 2 and picked_up(order.made_ms, now_ms):
        return "8168"
    return ""
