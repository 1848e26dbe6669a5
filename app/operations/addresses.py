"""Correcting where an order goes: encrypted again, found again, and its label is stale."""

from typing import Any

from app.commands.orders import EditAddress
from app.domain import masks
from app.domain.errors import BadValue, NotInState
from app.domain.states import OrderState, WaybillState
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events
from app.store import orders as book
from app.store.cases import Notice
from app.store.intake_rows import pack_tokens, replace_tokens
from app.store.tables import orders, receiver, waybill
from app.store.work import Work

EDITABLE = frozenset({OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.ALLOCATED})


def edit_address(work: Work, ask: EditAddress, rules: Rulebook) -> None:
    """Change the receiver before the parcel leaves; a live label opens a case."""
    row = work.row(orders, ask.order_id)
    if row["state"] not in EDITABLE:
        raise NotInState(machine="order", state=row["state"], action="edit_address")
    for name in ("name", "phone", "address"):
        if not getattr(ask, name).strip():
            raise BadValue(field=name, value="")
    tokens = work.keys.tokens(ask.name)
    work.update(receiver, ask.order_id, **_closed(work, ask), tokens=pack_tokens(tokens))
    replace_tokens(work, ask.order_id, tokens)
    work.update(
        orders,
        ask.order_id,
        buyer_mask=masks.mask_name(ask.name),
        phone_mask=masks.mask_phone(ask.phone),
        phone_tail=masks.phone_tail(ask.phone),
        province=ask.province,
        city=ask.city,
    )
    events.note(work, ask.order_id, "address_edited", "warning", reason=ask.reason)
    _warn_of_labels(work, rules, ask.order_id)


def _closed(work: Work, ask: EditAddress) -> dict[str, Any]:
    clear = {"name_ct": ask.name, "phone_ct": ask.phone, "address_ct": ask.address}
    closed: dict[str, Any] = {
        column: work.keys.encrypt("receiver", ask.order_id, column, text.strip().encode())
        for column, text in clear.items()
    }
    return closed | {
        "phone_index": work.keys.blind("phone", ask.phone),
        "address_mask": masks.mask_address(ask.province, ask.city, ask.address),
        "district": ask.district,
        "postcode": ask.postcode,
    }


def _warn_of_labels(work: Work, rules: Rulebook, order_id: int) -> None:
    row = work.row(orders, order_id)
    for label in book.sealed(work, waybill, order_id):
        if WaybillState(label["state"]).is_open:
            number = label["carrier_no"] or ""
            args = {"waybill_no": number}
            notice = Notice(
                "changed_after_label", order_id, row["channel_id"], subject=number, args=args
            )
            cases.open_case(work, rules.cases, notice)


VERBS = (Verb(EditAddress, edit_address, "address.edit", "address_edited"),)
