"""Telling a Youzan shop that a parcel left: the whole order, some items, units of one, or anew.

youzan.logistics.online.confirm 3.0.0 ships an order, or the items named by `oids`, and has no key;
youzan.trade.dc.delivery.ordersingleitemsend 3.0.1 ships units of one item under a `request_id`, one
call at most in ten seconds; whether all units must go at once is told both ways, so the platform's
own no to a part is named. youzan.logistics.online.update changes a number once, within a day. The
order is read first: a number that stands there is never sent again (doc.youzanyun.com). It is shown
some 30 seconds late, so a "sent already" is no answer yet: it is read again until it shows.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.youzan_calls import Interface, YouzanCalls
from sync.channels.youzan_keys import Value
from sync.channels.youzan_read import lines_of, text
from sync.channels.youzan_states import (
    LEFT,
    TO_SHIP,
    asked_back,
    is_open,
    parcels,
    refunds,
    status,
    status_word,
)
from sync.channels.youzan_trades import whole_order
from sync.couriers import Couriers
from sync.errors import Ambiguous, Rejected
from sync.reading import Reader, minor, rows
from sync.records import Done, LineRecord, ShipAsk

SHIP = Interface("youzan.logistics.online.confirm", "3.0.0", writes=True)
UNITS = Interface("youzan.trade.dc.delivery.ordersingleitemsend", "3.0.1", writes=True)
CHANGE = Interface("youzan.logistics.online.update", "3.0.1", writes=True)
COMPANIES = Interface("youzan.logistics.express.get", "3.0.0")
# Sent already, or nothing left to send: the order as it was read did not show it yet.
_SHOWN_LATE = frozenset({"102570007", "102570003", "102570019", "102570020"})
_MEANS = {
    "102570030": "youzan_change_too_late",
    "102570059": "youzan_units_together",
    "102570038": "youzan_other_system_ships",
}


class Shipper:
    """Ships for one shop; `sender_mobile` lets the platform follow parcels of SF."""

    def __init__(self, calls: YouzanCalls, sender_mobile: str) -> None:
        """Take the calls; nothing is sent yet."""
        self._calls, self._mobile = calls, sender_mobile
        self._couriers = Couriers(self._companies)

    async def ship(self, ask: ShipAsk) -> Done:
        """Ship the order or a part of it, or change a number: whatever is not told yet.

        Raises:
            Rejected: it must not be shipped (not to be sent yet, money asked back, closed), or it
                was shipped with a number that this one does not replace.
        """
        order, _ = await whole_order(self._calls, ask.external_id)
        told = parcels(order)
        mine = told.get(ask.waybill_no)
        asked = {line: units for line, units in ask.lines if units > 0}
        if mine is not None and set(asked) <= mine.oids:
            return Done(ask.external_id, already=True)
        if mine is None and ask.replaces and ask.replaces in told:
            await self._change(ask, told[ask.replaces].dist)
        elif status(order) == TO_SHIP:
            beside = mine.oids if mine is not None else frozenset()
            await self._send(ask, order, {k: n for k, n in asked.items() if k not in beside})
        elif status(order) in LEFT:
            standing = ", ".join(told)[:60] or "?"
            raise Rejected("youzan_other_number", external_id=ask.external_id, number=standing)
        else:
            word = status_word(order)
            raise Rejected("youzan_not_shippable", external_id=ask.external_id, foreign_code=word)
        return Done(ask.external_id)

    async def _send(
        self, ask: ShipAsk, order: Mapping[str, Any], wanted: Mapping[str, int]
    ) -> None:
        """Send the items wanted (none: whatever is left): whole ones at once, others one by one."""
        lines = {line.external_id: line for line in _lines(order)}
        owed = {oid: _left(line) for oid, line in lines.items() if _left(line) > 0}
        asked = {line: units for line, units in (wanted or owed).items() if line in owed}
        _refuse_asked_back(ask, order, asked)
        whole = [line for line, units in asked.items() if units >= owed[line]]
        if whole:
            await self._items(ask, whole, order)
        for line, units in asked.items():
            if units < owed[line]:
                # The next of several is throttled; the repeat finds this one told, and goes on.
                await self._units(ask, line, units, lines[line].quantity)

    async def _items(self, ask: ShipAsk, asked: list[str], order: Mapping[str, Any]) -> None:
        params: dict[str, Value] = {
            "tid": ask.external_id,
            "is_no_express": 0,
            "out_stype": await self._company(ask),
            "out_sid": ask.waybill_no,
        }
        if set(asked) != {line.external_id for line in _lines(order)}:
            params["oids"] = ",".join(asked)
        if self._mobile:
            params["outer_sender"] = {"sender_mobile": self._mobile}
        await self._write(SHIP, params, ask)

    async def _units(self, ask: ShipAsk, line: str, units: int, total: int) -> None:
        company = await self._company(ask)
        express: Value = {
            "express_id": int(company) if company.isdigit() else company,
            "express_name": ask.carrier_name,
            "express_no": ask.waybill_no,
        }
        params: dict[str, Value] = {
            "tid": ask.external_id,
            "oid": int(line) if line.isdigit() else line,
            "ex_packages": [{"express": express, "num": units}],
            "request_id": f"{ask.idempotency_key}-{line}",
            "total_num": total,
        }
        await self._write(UNITS, params, ask)

    async def _change(self, ask: ShipAsk, parcel: Mapping[str, Any]) -> None:
        change: Value = {
            "dist_id": text(parcel.get("dist_id")),
            "express_id": await self._company(ask),
            "express_no": ask.waybill_no,
            "version": minor(parcel.get("version"), 0) or 1,
        }
        params: dict[str, Value] = {"tid": ask.external_id, "trade_express_modify": [change]}
        await self._write(CHANGE, params, ask)

    async def _write(self, interface: Interface, params: Mapping[str, Value], ask: ShipAsk) -> None:
        try:
            await self._calls.ask(interface, params)
        except Rejected as no:
            if no.foreign_code in _SHOWN_LATE:
                # Perhaps by an earlier try of ours: the next reading tells.
                late = {"external_id": ask.external_id, "foreign_code": no.foreign_code}
                raise Ambiguous("youzan_shown_late", **late) from no
            named = _MEANS.get(no.foreign_code)
            if named is None:
                raise
            code = no.foreign_code
            raise Rejected(named, foreign_code=code, external_id=ask.external_id) from no

    async def _companies(self) -> Mapping[str, str]:
        told = await self._calls.ask(COMPANIES, {})
        return {
            text(row.get("name")): text(row.get("id")) for row in rows(told.data.get("allExpress"))
        }

    async def _company(self, ask: ShipAsk) -> str:
        """Youzan's number of the carrier of a parcel. Raises Rejected where it has none."""
        found = await self._couriers.code(ask)
        if not found:
            name = ask.carrier_name or ask.carrier_code
            raise Rejected("youzan_no_such_carrier", carrier=name[:40])
        return found


def _lines(order: Mapping[str, Any]) -> tuple[LineRecord, ...]:
    return lines_of(Reader("UTC", "CNY"), order)


def _left(line: LineRecord) -> int:
    """The units of an item that are still to be sent."""
    return line.quantity - line.quantity_shipped - line.quantity_refunded


def _refuse_asked_back(ask: ShipAsk, order: Mapping[str, Any], asked: Mapping[str, int]) -> None:
    """Money asked back first wants an answer; shipping would be none."""
    waiting = asked_back(order)
    if waiting & (set(asked) | {"?"}):
        found = [text(row.get("refund_state")) for row in refunds(order) if is_open(row)]
        word = f"refund_order.refund_state.{found[0]}"
        raise Rejected("youzan_refund_asked", external_id=ask.external_id, foreign_code=word)
    if not asked:
        word = status_word(order)
        raise Rejected("youzan_not_shippable", external_id=ask.external_id, foreign_code=word)
