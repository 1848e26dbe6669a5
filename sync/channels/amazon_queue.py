"""The seller's own queue (Amazon SQS) that Amazon puts a notice into when an order changes.

A desk has no address that Amazon could call, but it may ask a queue. A notice waits there until it
is deleted, at most fourteen days, and comes again until then: at least once, in any order. It names
an order to read; what else it says is not used. Who may put notices there is the queue's own policy
at AWS; nothing in a notice proves who wrote it (developer-docs.amazon.com/sp-api, "Set up
notifications with Amazon SQS"; ReceiveMessage and DeleteMessageBatch of the SQS API, JSON).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.channels.amazon_read import order_id
from sync.channels.amazon_sigv4 import AwsKeys, signed
from sync.connector import Connector, Signed, refusal
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.json_text import read_json
from sync.limits import Unlimited
from sync.ports import Answer, Clock, Http, Message, Request
from sync.reading import mapping, rows, text
from sync.records import PushHint

TOPIC = "ORDER_CHANGE"
AT_ONCE = 10
# With a second's wait AWS asks all servers of the queue; with none it may overlook a notice.
_WAIT_S = 1
_ADDRESS = re.compile(
    r"(?:https://sqs\.([a-z0-9-]+)\.amazonaws\.com|http://(?:127\.0\.0\.1|localhost)(?::\d+)?)"
    r"/(\d{12})/([\w.-]{1,80})"
)
_KEY_CODES = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "MissingAuthenticationToken",
    }
)
_RIGHT_CODES = frozenset({"AccessDenied", "AccessDeniedException", "KmsAccessDenied"})
_GONE_CODES = frozenset({"QueueDoesNotExist", "NonExistentQueue", "InvalidAddress"})
_SLOW_CODES = frozenset({"RequestThrottled", "ThrottlingException", "Throttling", "OverLimit"})


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """A queue's URL, read: the region it lies in and the name AWS knows it by everywhere."""

    url: str
    region: str
    arn: str


def address_of(url: str, region: str = "us-east-1") -> QueueAddress:
    """What a queue's URL says; `region` is a loopback queue's. Raises Rejected."""
    found = _ADDRESS.fullmatch(url.strip())
    if found is None:
        raise Rejected("amazon_no_queue_address", text=url[:80])
    url, region = found[0], found[1] or region
    return QueueAddress(url, region, f"arn:aws:sqs:{region}:{found[2]}:{found[3]}")


class Queue:
    """One queue, and the notices in it about one seller."""

    def __init__(
        self, http: Http, clock: Clock, address: QueueAddress, keys: AwsKeys, seller: str
    ) -> None:
        """Take the queue and the key that may read it; nothing is sent yet."""
        self._address, self._seller = address, seller
        self.connector = Connector(
            http,
            clock,
            Signed(lambda request: signed(request, keys, clock.now()), _refused),
            Unlimited(),
        )

    async def waiting(self) -> tuple[Message, ...]:
        """At most ten notices that were not let go; raises only sync.errors.

        A notice about another seller is left where it is: another shop may share the queue.
        """
        told = await self._ask(
            "ReceiveMessage", {"MaxNumberOfMessages": AT_ONCE, "WaitTimeSeconds": _WAIT_S}
        )
        found = (self._message(row) for row in rows(told.get("Messages")))
        return tuple(message for message in found if message is not None)

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Let notices go by the receipts they came with; one that is gone already is no error.

        Raises Ambiguous where AWS kept some: they come again, which does no harm.
        """
        for at in range(0, len(ids), AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": receipt}
                for number, receipt in enumerate(ids[at : at + AT_ONCE])
            ]
            told = await self._ask("DeleteMessageBatch", {"Entries": entries})
            kept = [row for row in rows(told.get("Failed")) if row.get("SenderFault") is not True]
            if kept:
                raise Ambiguous("amazon_queue_kept", count=len(kept))

    async def _ask(self, action: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps({"QueueUrl": self._address.url, **asked}).encode()
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AmazonSQS.{action}",
        }
        host = self._address.url.split("/", 3)[:3]
        request = Request("POST", "/".join(host) + "/", headers, body)
        told, _ = await self.connector.json(request)
        if not isinstance(told, Mapping):
            raise Malformed("amazon_odd_answer", operation=action)
        return told

    def _message(self, row: Mapping[str, Any]) -> Message | None:
        """One notice; without a receipt it cannot be let go, and a spoilt one is left to come."""
        receipt, body = text(row.get("ReceiptHandle")), row.get("Body")
        if not receipt or not isinstance(body, str):
            return None
        content = body.encode("utf-8", "replace")
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if text(row.get("MD5OfBody")) != digest:
            return None
        told = _told(content)
        notice = mapping(mapping(told.get("Payload")).get("OrderChangeNotification"))
        seller = text(notice.get("SellerId"))
        if seller and seller != self._seller:
            return None
        number = order_id({"orderId": notice.get("AmazonOrderId")}) if seller else ""
        metadata = mapping(told.get("NotificationMetadata"))
        event = text(metadata.get("NotificationId")) or text(row.get("MessageId"))
        kind = "order" if number else "other"
        topic = text(told.get("NotificationType"))[:60]
        return Message(receipt, PushHint(kind, number, event[:100], topic), content)


def _told(content: bytes) -> Mapping[str, Any]:
    try:
        return mapping(read_json(content))
    except Malformed:
        return {}


def _refused(answer: Answer, wait_ms: int | None) -> SyncError:
    """What AWS's refusals mean: `__type` after its last sign, beside `message`."""
    try:
        told = mapping(read_json(answer.body))
    except Malformed:
        told = {}
    code = re.split(r"[#.]", text(told.get("__type")))[-1][:80]
    words = (text(told.get("message")) or text(told.get("Message")))[:300]
    if code in _KEY_CODES:
        late = "expired" in words or "not yet current" in words
        return TokenExpired("amazon_queue_clock" if late else "amazon_queue_key", text=words)
    if code in _RIGHT_CODES:
        return PermissionMissing("amazon_queue_denied", text=words)
    if code in _GONE_CODES:
        return Rejected("amazon_queue_gone", text=words)
    if code in _SLOW_CODES:
        return Throttled(retry_after_ms=wait_ms, status=answer.status)
    return refusal(answer, wait_ms, words, code)
