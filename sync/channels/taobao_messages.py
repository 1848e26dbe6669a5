"""What Taobao's message service (TMC) keeps for an app: which trade changed, asked for by HTTP.

A message waits until it is confirmed, and comes again until then. An app has one queue: an app of
the shop's own, as it is meant here, hears of this seller alone. Each names a trade to read; what
it says of it is not used (open.taobao.com, taobao.tmc.messages.consume).
"""

from sync.errors import Malformed
from sync.gateways.taobao_calls import Method, TopCalls
from sync.json_text import Element, read_json
from sync.ports import Message
from sync.reading import mapping, text
from sync.records import PushHint

CONSUME = Method("taobao.tmc.messages.consume", "messages", "tmc_message")
CONFIRM = Method("taobao.tmc.messages.confirm", writes=True)
PERMIT = Method("taobao.tmc.user.permit", writes=True)
AT_ONCE = 200
_TRADE, _REFUND = "taobao_trade_", "taobao_refund_"
# What is named here takes the place of what the seller was heard about before.
TOPICS = (
    *(f"{_TRADE}Trade{what}" for what in ("Create", "BuyerPay", "BuyerStepPay", "SellerShip")),
    *(f"{_TRADE}Trade{what}" for what in ("PartlySellerShip", "ModifyFee", "Close", "Success")),
    *(f"{_TRADE}Trade{what}" for what in ("CloseAndModifyDetailOrder", "Changed")),
    *(f"{_TRADE}Trade{what}" for what in ("LogisticsAddressChanged", "MemoModified")),
    *(f"{_TRADE}Trade{what}" for what in ("PartlyRefund", "PartlyConfirmPay")),
    f"{_TRADE}TradeDelayConfirmPay",
    *(f"{_REFUND}Refund{what}" for what in ("Created", "Success", "Closed")),
    *(f"{_REFUND}Refund{what}" for what in ("SellerAgreeAgreement", "SellerRefuseAgreement")),
    f"{_REFUND}RefundBuyerModifyAgreement",
)


class Mailbox:
    """The messages about one seller."""

    def __init__(self, calls: TopCalls) -> None:
        """Take the platform; the seller is permitted with the first question."""
        self._calls, self._permitted = calls, False

    async def waiting(self) -> tuple[Message, ...]:
        """At most two hundred messages that were not confirmed; raises only sync.errors."""
        if not self._permitted:
            await self._calls.ask(PERMIT, {"topics": ",".join(TOPICS)})
            self._permitted = True
        told = await self._calls.ask(CONSUME, {"quantity": str(AT_ONCE)})
        found = (_message(element) for element in told.rows)
        return tuple(message for message in found if message.id)

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Let messages go; one that is gone already is no error."""
        for at in range(0, len(ids), AT_ONCE):
            await self._calls.ask(CONFIRM, {"s_message_ids": ",".join(ids[at : at + AT_ONCE])})


def _message(element: Element) -> Message:
    """One message; without a number it cannot be let go, and without a trade it says nothing."""
    row = mapping(element.value)
    number, topic = text(row.get("id")), text(row.get("topic"))
    content = row.get("content")
    said = content.encode("utf-8", "replace") if isinstance(content, str) else b""
    number = number if number.isascii() and number.isdigit() and len(number) <= 25 else ""
    tid = _trade_in(said)
    kind = "order" if tid else "other"
    return Message(number, PushHint(kind, tid, number, topic), said)


def _trade_in(content: bytes) -> str:
    try:
        told = text(mapping(read_json(content)).get("tid"))
    except Malformed:
        return ""
    return told if told.isascii() and told.isdigit() and len(told) <= 25 else ""
