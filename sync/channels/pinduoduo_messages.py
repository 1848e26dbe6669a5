"""What Pinduoduo's message service (PMC) tells an app over a line that the app opened.

The line is a WebSocket to wss://message-api.pinduoduo.com/message/{client_id}/{ms}/{sign}, where
the sign is Base64 of the lower hex MD5 of id, milliseconds and secret. A `Common` frame holds one
message; it comes again until an `Ack` frame answers it, and the line is closed on who sends no
`HeartBeat` (open.pinduoduo.com, message service). An app has one line's worth of messages: an app
of the shop's own, as it is meant here, hears of this shop alone. What a message says besides the
order's number is not used.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync.channels.pinduoduo_read import is_sn
from sync.errors import Malformed, SyncError, Unreachable
from sync.gateways.pinduoduo_calls import PinduoduoCalls
from sync.gateways.pinduoduo_sign import PinduoduoKeys
from sync.json_text import read_json
from sync.ports import Clock, Line, Message, OpenLine
from sync.reading import mapping, text
from sync.records import PushHint

SERVICE = "wss://message-api.pinduoduo.com"
PERMIT = "pdd.pmc.user.permit"
TOPICS = (
    *(f"pdd_trade_Trade{what}" for what in ("Confirmed", "SellerShip", "Success")),
    *(f"pdd_trade_Trade{what}" for what in ("LogisticsAddressChanged", "MemoModified")),
    *(f"pdd_refund_Refund{what}" for what in ("Created", "Closed", "Success")),
    "pdd_refund_RefundBuyerModifyAgreement",
)
AT_ONCE = 200
# A message that stands on its way is here within this; then the books are written.
WAIT_S = 0.5
# The service answers heartbeats; a line so long without a word is dead, whatever TCP thinks.
_SILENT_MS = 180_000
# After a line that would not open: so long, doubled each time, at most a minute.
_AGAIN_MS, _LONGEST_MS = 2_000, 60_000


@dataclass(frozen=True, slots=True)
class LineTo:
    """What opens a line, and the service it goes to; "" for Pinduoduo's own."""

    open: OpenLine
    service: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is answered to one message."""

    number: int
    topic: str
    mall: int | str
    sent: int


class Mailbox:
    """The line of one app, opened when it is first asked and again when it was cut."""

    def __init__(
        self,
        calls: PinduoduoCalls,
        keys: PinduoduoKeys,
        clock: Clock,
        line_to: LineTo,
    ) -> None:
        """Take the gateway (to be permitted), the keys, what opens a line, and where to."""
        self._calls, self._keys, self._clock = calls, keys, clock
        self._open, self._service = line_to.open, line_to.service or SERVICE
        self._line: Line | None = None
        self._frames: dict[str, _Frame] = {}
        self._permitted = False
        self._not_before, self._wait_ms = 0, _AGAIN_MS
        self._heard_ms = 0

    async def waiting(self) -> tuple[Message, ...]:
        """The messages that came since, at most two hundred; each call is also a heartbeat.

        A line that does not open or was cut is no error: orders are asked for by time meanwhile,
        and it is opened again. Raises only sync.errors, where the platform would not have us.
        """
        if self._line is None and self._clock.now() < self._not_before:
            return ()
        try:
            line = self._line or await self._opened()
            await line.send(json.dumps({"commandType": "HeartBeat", "time": self._clock.now()}))
            return await self._heard(line)
        except Unreachable:
            await self.hang_up()
            return ()

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Answer messages; one whose line was cut comes again and is answered then."""
        for number in ids:
            frame = self._frames.pop(number, None)
            if frame is None or self._line is None:
                continue
            ack = {"commandType": "Ack", "time": self._clock.now(), "id": frame.number}
            ack |= {"sendTime": frame.sent, "type": frame.topic, "mallID": frame.mall}
            try:
                await self._line.send(json.dumps(ack))
            except Unreachable:
                await self.hang_up()

    async def hang_up(self) -> None:
        """Let the line go; what was not answered comes again over the next one."""
        line, self._line = self._line, None
        self._frames.clear()
        if line is not None:
            await line.close()

    async def _opened(self) -> Line:
        if not self._permitted:
            await self._calls.write(PERMIT, {"topics": ",".join(TOPICS)})
            self._permitted = True
        try:
            self._line = await self._open(address(self._keys, self._clock.now(), self._service))
        except SyncError:
            self._not_before = self._clock.now() + self._wait_ms
            self._wait_ms = min(2 * self._wait_ms, _LONGEST_MS)
            raise
        self._wait_ms, self._heard_ms = _AGAIN_MS, self._clock.now()
        return self._line

    async def _heard(self, line: Line) -> tuple[Message, ...]:
        found: dict[str, Message] = {}
        within = WAIT_S
        while len(found) < AT_ONCE and (told := await line.receive(within)) is not None:
            self._heard_ms = self._clock.now()
            message = self._message(told)
            if message is not None:
                found[message.id] = message
            within = 0.05
        if self._clock.now() - self._heard_ms > _SILENT_MS:
            await self.hang_up()
        return tuple(found.values())

    def _message(self, told: str) -> Message | None:
        """One frame's message; None for a heartbeat, a failure, or what cannot be answered."""
        frame = _read(told.encode("utf-8", "replace"))
        message = mapping(frame.get("message"))
        number, sent, mall = frame.get("id"), frame.get("sendTime"), message.get("mallID")
        topic, content = text(message.get("type")), message.get("content")
        if frame.get("commandType") != "Common" or type(number) is not int or not topic:
            return None
        whose = mall if isinstance(mall, int | str) else 0
        when = sent if type(sent) is int else 0
        self._frames[str(number)] = _Frame(number, topic, whose, when)
        said = content.encode("utf-8", "replace") if isinstance(content, str) else b""
        sn = _order_in(said)
        hint = PushHint("order" if sn else "other", sn, str(number), topic[:80])
        return Message(str(number), hint, said)


def address(keys: PinduoduoKeys, now_ms: int, service: str = SERVICE) -> str:
    """Where a line is opened at this moment."""
    words = f"{keys.client_id}{now_ms}{keys.client_secret}".encode()
    digest = hashlib.md5(words, usedforsecurity=False).hexdigest()
    sign = quote(base64.b64encode(digest.encode()).decode(), safe="")
    return f"{service}/message/{quote(keys.client_id, safe='')}/{now_ms}/{sign}"


def _read(told: bytes) -> Mapping[str, Any]:
    try:
        return mapping(read_json(told))
    except Malformed:
        return {}


def _order_in(content: bytes) -> str:
    told = _read(content)
    found = text(told.get("tid")) or text(told.get("order_sn"))
    return found if is_sn(found) else ""
