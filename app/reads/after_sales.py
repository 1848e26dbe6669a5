"""What buyers of an order ask back, for the panel where it is answered."""

from dataclasses import dataclass

from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer


@dataclass(frozen=True, slots=True)
class AfterSaleRow:
    """One after-sale; texts are masked, ``amount_minor`` None for who may not see payments."""

    id: int
    kind: str
    told_version: str
    amount_minor: int | None
    currency: str
    quantity: int
    reason: str
    said: str
    may: str
    return_carrier: str
    return_no: str
    asked_at: int | None
    answer: str
    answer_state: str
    answer_code: str
    answered_at: int | None

    def takes(self, answer: str) -> bool:
        """Whether the platform waits for this answer, and none is under way."""
        standing = self.answer_state in {"sending", "unknown", "done"}
        return answer in self.may.split(",") and not standing


def of_order(book: ReadBook, viewer: Viewer, order_id: int) -> tuple[AfterSaleRow, ...]:
    """An order's after-sales, the newest first; nothing of an order out of sight."""
    where, values = viewer.scope()
    sql = (
        f"SELECT a.id, a.kind, a.told_version, {viewer.amount('a.amount_minor')} AS amount_minor,"
        " a.currency, a.quantity, a.reason, a.said, a.may, a.return_carrier, a.return_no,"
        " a.asked_at, a.answer, a.answer_state, a.answer_code, a.answered_at"
        " FROM after_sale a JOIN orders o ON o.id = a.order_id"
        f" WHERE a.order_id = ? AND {where} ORDER BY a.asked_at DESC, a.id DESC LIMIT 50"
    )
    return frozen(AfterSaleRow, book.rows(sql, [order_id, *values]))
