"""Notices of changed orders in Amazon's sandbox, and the queue of the seller's own they lie in.

The Notifications API knows destinations (the app's, by a grantless token) and subscriptions (the
seller's), and refuses a second one with 409. The queue is SQS as its JSON protocol speaks: it
checks AWS Signature Version 4 and the clock (15 minutes), gives at most ten messages, hides what it
gave for 30 seconds and gives it again with a new receipt, and takes ten receipts to delete (SQS API
reference, ReceiveMessage, DeleteMessageBatch, "Common errors"). It shares no signing with the
connector.
"""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.amazon_gate import AmazonNo
from sync.sandbox.http import Call, LocalServer, Reply

HIDDEN_S = 30
_LATE_S = 900
_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([a-z0-9-]+)/sqs/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)


@dataclass(slots=True)
class Lying:
    """One message in the queue: its body, from when it is seen, the receipt it was given with."""

    body: str
    seen_from_s: float = 0.0
    receipt: str = ""


@dataclass(slots=True)
class SqsQueue:
    """The truth of one queue: who may read it, and what lies in it."""

    account: str
    name: str
    key_id: str
    secret: str
    region: str = "us-east-1"
    may: set[str] = field(default_factory=lambda: {"ReceiveMessage", "DeleteMessageBatch"})
    lying: dict[str, Lying] = field(default_factory=dict)
    given: int = 0

    @property
    def arn(self) -> str:
        """What Amazon is told to send to."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.name}"

    def put(self, body: str) -> str:
        """Lay a message into it; its id."""
        self.given += 1
        number = f"{self.given:08d}-0000-4000-8000-000000000000"
        self.lying[number] = Lying(body)
        return number


class SqsNo(Exception):  # noqa: N818 - AWS says no; nothing is broken
    """A refusal: its status, its kind and its words."""

    def __init__(self, status: int, kind: str, words: str) -> None:
        """Keep what is told."""
        super().__init__(kind)
        self.status, self.kind, self.words = status, kind, words


class SqsSandbox:
    """The handler of a `LocalServer`: one queue of one AWS account."""

    def __init__(self, queue: SqsQueue, now_s: Callable[[], float]) -> None:
        """Take the queue's truth and AWS's clock."""
        self.queue, self._now_s = queue, now_s
        self.calls: Counter[str] = Counter()
        self.spoil = ""

    def server(self) -> LocalServer:
        """A plain HTTP server for this queue; not started."""
        return LocalServer(self)

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        action = call.headers.get("x-amz-target", "").removeprefix("AmazonSQS.")
        self.calls[action] += 1
        try:
            told = self._answered(action, call)
        except SqsNo as no:
            body = json.dumps({"__type": no.kind, "message": no.words}).encode()
            return Reply(no.status, body, {"Content-Type": "application/x-amz-json-1.0"})
        return Reply(200, json.dumps(told).encode())

    def _answered(self, action: str, call: Call) -> dict[str, Any]:
        if self.spoil == "throttle":
            raise SqsNo(400, "com.amazonaws.sqs#RequestThrottled", "Rate exceeded")
        self._admit(call)
        asked = json.loads(call.body)
        if action not in self.queue.may:
            words = f"User is not authorized to perform: sqs:{action}"
            raise SqsNo(403, "com.amazon.coral.service#AccessDeniedException", words)
        if not str(asked.get("QueueUrl", "")).endswith(f"/{self.queue.account}/{self.queue.name}"):
            words = "The specified queue does not exist."
            raise SqsNo(400, "com.amazonaws.sqs#QueueDoesNotExist", words)
        return self._receive(asked) if action == "ReceiveMessage" else self._delete(asked)

    def _receive(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        most, wait = asked.get("MaxNumberOfMessages", 1), asked.get("WaitTimeSeconds", 0)
        if not 1 <= most <= 10 or not 0 <= wait <= 20:
            words = "Value for parameter MaxNumberOfMessages or WaitTimeSeconds is invalid."
            raise SqsNo(400, "com.amazonaws.sqs#InvalidParameterValue", words)
        seen = [n for n, one in self.queue.lying.items() if one.seen_from_s <= self._now_s()]
        return {"Messages": [self._told(number) for number in seen[:most]]} if seen else {}

    def _told(self, number: str) -> dict[str, Any]:
        one = self.queue.lying[number]
        self.queue.given += 1
        one.receipt = f"AQEB{self.queue.given:06d}{'x' * 40}"
        one.seen_from_s = self._now_s() + HIDDEN_S
        digest = hashlib.md5(one.body.encode(), usedforsecurity=False).hexdigest()
        return {
            "MessageId": number,
            "ReceiptHandle": one.receipt,
            "MD5OfBody": "0" * 32 if self.spoil == "md5" else digest,
            "Body": one.body,
        }

    def _delete(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        entries = asked.get("Entries") or []
        ids = [entry["Id"] for entry in entries]
        if not 1 <= len(entries) <= 10 or len(set(ids)) < len(ids):
            words = "Maximum number of entries per request are 10."
            raise SqsNo(400, "com.amazonaws.sqs#TooManyEntriesInBatchRequest", words)
        done, failed = [], []
        for entry in entries:
            if self.spoil == "kept":
                why = {"Code": "InternalError", "SenderFault": False, "Message": "again"}
                failed.append({"Id": entry["Id"], **why})
                continue
            for number, one in list(self.queue.lying.items()):
                if one.receipt == entry["ReceiptHandle"]:
                    del self.queue.lying[number]
            done.append({"Id": entry["Id"]})
        return {"Successful": done, "Failed": failed}

    def _admit(self, call: Call) -> None:
        """Raises SqsNo where the signature is not of our key, over these very bytes, and fresh."""
        found = _CREDENTIAL.fullmatch(call.headers.get("authorization", ""))
        if found is None:
            kind = "com.amazon.coral.service#MissingAuthenticationToken"
            raise SqsNo(403, kind, "Request is missing Authentication Token")
        key_id, day, region, names, signature = found.groups()
        if key_id != self.queue.key_id:
            kind = "com.amazon.coral.service#UnrecognizedClientException"
            raise SqsNo(403, kind, "The security token included in the request is invalid.")
        stamp = call.headers.get("x-amz-date", "")
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        kind = "com.amazon.coral.service#InvalidSignatureException"
        if abs(at - self._now_s()) > _LATE_S:
            raise SqsNo(403, kind, f"Signature expired: {stamp} is now earlier than it may be")
        good = _signature(call, self.queue.secret, names, stamp, f"{day}/{region}/sqs/aws4_request")
        host = "host" in names and day == stamp[:8] and region == self.queue.region
        if not host or not hmac.compare_digest(good, signature):
            raise SqsNo(403, kind, "The request signature we calculated does not match.")


def _signature(call: Call, secret: str, names: str, stamp: str, scope: str) -> str:
    canonical = [call.method, call.path, call.query]
    canonical += [f"{name}:{call.headers[name].strip()}" for name in names.split(";")]
    canonical += ["", names, hashlib.sha256(call.body).hexdigest()]
    words = ["AWS4-HMAC-SHA256", stamp, scope]
    words.append(hashlib.sha256("\n".join(canonical).encode()).hexdigest())
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, "\n".join(words).encode(), "sha256").hex()


class AmazonNotices:
    """Who gets notices: the destinations of the app and the subscription of the seller."""

    def __init__(self, seller: str) -> None:
        """Start with nobody subscribed."""
        self._seller = seller
        self.destinations: dict[str, str] = {}
        self.subscribed = ""
        self.queues: dict[str, SqsQueue] = {}
        self._count = 0

    def tell(self, number: str, seller: str = "") -> str:
        """Put a notice of an order into the queue that is subscribed; its notification id."""
        queue = self.queues.get(self.destinations.get(self.subscribed, ""))
        if queue is None:
            return ""
        self._count += 1
        event = f"d0e9e693-c3ad-4373-979f-{self._count:012d}"
        queue.put(json.dumps(_notice(number, seller or self._seller, event)))
        return event

    def listed(self) -> bytes:
        """All destinations of the app."""
        told = [_destination(number, arn) for number, arn in self.destinations.items()]
        return json.dumps({"payload": told}).encode()

    def add(self, asked: Mapping[str, Any]) -> bytes:
        """A new destination; a queue that may not be sent to is refused."""
        arn = (asked["resourceSpecification"].get("sqs") or {}).get("arn", "")
        if arn not in self.queues:
            raise AmazonNo(400, "InvalidInput", "The SQS queue does not permit SendMessage.")
        if arn in self.destinations.values():
            raise AmazonNo(409, "Conflict", "A destination with this resource exists.")
        number = f"3acafc7e-121b-1329-8ae8-{len(self.destinations):012d}"
        self.destinations[number] = arn
        return json.dumps({"payload": _destination(number, arn)}).encode()

    def subscription(self) -> bytes:
        """The seller's subscription."""
        if not self.subscribed:
            raise AmazonNo(404, "NotFound", "The subscription does not exist.")
        return _subscription(self.subscribed)

    def subscribe(self, kind: str, asked: Mapping[str, Any]) -> bytes:
        """The seller subscribes once."""
        if kind != "ORDER_CHANGE" or asked["destinationId"] not in self.destinations:
            raise AmazonNo(400, "InvalidInput", "Invalid notificationType or destinationId.")
        if self.subscribed:
            raise AmazonNo(409, "Conflict", "A subscription already exists.")
        self.subscribed = asked["destinationId"]
        return _subscription(self.subscribed)


def _destination(number: str, arn: str) -> dict[str, Any]:
    return {"destinationId": number, "name": "Waydesk", "resource": {"sqs": {"arn": arn}}}


def _subscription(destination: str) -> bytes:
    told = {"subscriptionId": "7fcacc7e", "payloadVersion": "1.0", "destinationId": destination}
    return json.dumps({"payload": told}).encode()


def _notice(number: str, seller: str, event: str) -> dict[str, Any]:
    """An ORDER_CHANGE as OrderChangeNotification.json has it, with what stands there always."""
    summary = {"MarketplaceId": "ATVPDKIKX0DER", "OrderStatus": "Unshipped"}
    told = {
        "NotificationLevel": "OrderLevel",
        "SellerId": seller,
        "AmazonOrderId": number,
        "OrderChangeType": "OrderStatusChange",
        "OrderChangeTrigger": {"TimeOfOrderChange": "2026-11-27T09:00:00.000Z"},
        "Summary": summary,
    }
    return {
        "NotificationVersion": "1.0",
        "NotificationType": "ORDER_CHANGE",
        "PayloadVersion": "1.0",
        "EventTime": "2026-11-27T09:00:01.000Z",
        "Payload": {"OrderChangeNotification": told},
        "NotificationMetadata": {
            "ApplicationId": "amzn1.app",
            "SubscriptionId": "7fcacc7e",
            "PublishTime": "2026-11-27T09:00:02.000Z",
            "NotificationId": event,
        },
    }
