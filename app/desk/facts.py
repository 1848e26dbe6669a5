"""An order of the panel as the rules look at it, so that the headline is the law's own."""

from app.domain.guards import Facts
from app.domain.order import Line, Order, Parcel, ReceiverView
from app.domain.policy import ShopPolicy
from app.domain.states import (
    Held,
    LogisticsState,
    OrderKind,
    OrderState,
    ParcelState,
    PaymentState,
    PrintState,
    ProofKind,
    WaybillState,
)
from app.reads.panel import ItemRow, Panel, ParcelRow

ON_PAPER = frozenset({PrintState.SPOOLED, PrintState.PRINTED})


def facts_of(panel: Panel, policy: ShopPolicy) -> Facts | None:
    """The order's facts; None while it is received and not yet understood."""
    row = panel.order
    if row.intake != "booked" or not row.state:
        return None
    kinds = {case.kind for case in panel.cases}
    order = Order(
        number=row.number,
        currency=row.currency,
        state=OrderState(row.state),
        payment=PaymentState(row.payment or "unpaid"),
        logistics=LogisticsState(row.logistics or "none"),
        kind=OrderKind(row.kind or "normal"),
        held=Held(row.held),
        total_minor=row.total_minor or 0,
        open_refund="refund_open" in kinds,
        platform_cancelled="cancelled_after_label" in kinds,
        reviewed=row.state != OrderState.PAID or any(e.kind == "reviewed" for e in panel.events),
        lines=tuple(_line(item) for item in panel.items),
        parcels=tuple(_parcel(box, panel) for box in panel.parcels),
        receiver=ReceiverView(sealed=True),
        proofs=frozenset(ProofKind(proof.kind) for proof in panel.proofs),
    )
    return Facts(order, policy)


def _line(item: ItemRow) -> Line:
    firm = item.held if item.lock_kind == "firm" else 0
    counts = (item.quantity, item.cancelled, item.shipped, firm)
    return Line(item.id, item.sku, *counts, bool(item.sku_known))


def _parcel(box: ParcelRow, panel: Panel) -> Parcel:
    """A label the printer took counts as printed, as it does for the board's tab."""
    taken = [job for job in panel.prints if job.waybill_id == box.waybill_id]
    paper = [job.claimed_at or 0 for job in taken if job.state in ON_PAPER]
    return Parcel(
        parcel_id=box.id,
        state=ParcelState(box.state),
        waybill=WaybillState(box.waybill_state) if box.waybill_state else None,
        printed_at=box.printed_at or (paper[0] if paper else None),
        verified_at=box.verified_at,
        weighed_at=box.weighed_at,
        handed_at=box.handed_at,
        picked_up_at=box.picked_up_at,
    )
