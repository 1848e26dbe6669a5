"""What is asked of merchant codes that are stopped."""

import msgspec


class ResumeBreaker(msgspec.Struct, frozen=True, tag="resume_breaker"):
    """Close a breaker: the code goes on being sold, or its releases go on."""

    breaker_id: int
    reason: str


class BuyerTold(msgspec.Struct, frozen=True, tag="buyer_told"):
    """Say that the buyer of an oversold order was told when it ships."""

    notice_id: int


class OrderGoods(msgspec.Struct, frozen=True, tag="order_goods"):
    """Say that so many were ordered for a replenishment ticket; ``reason`` says where."""

    ticket_id: int
    quantity: int
    reason: str
