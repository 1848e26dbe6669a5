"""The frame codec: how desk, keeper and press speak over a child's standard input and output.

One frame is a length of four bytes, most significant first, then one msgpack message. The same
codec serves both borders (desk and keeper, keeper and press), so a broken frame means the same on
each: the stream can no longer be trusted, and the process that wrote it is started anew.
"""

import struct
from typing import Any, Final, Generic, TypeVar

import msgspec

from app.domain.errors import Fault

VERSION: Final = 1
"""What both ends must agree on; it grows when a message changes its meaning."""

LARGEST_FRAME: Final = 16 * 1024 * 1024
"""Bytes in one message. A longer one is a fault, never a reason to wait for more."""

_LENGTH: Final = struct.Struct(">I")

Args = dict[str, str | int]
"""What fills the placeholders of an error's sentence."""

NOTHING: Final = msgspec.Raw(b"\xc0")
"""The encoded form of "no answer beside yes"."""

T = TypeVar("T")


class FrameError(Fault):
    """The other process wrote something that is no message of ours.

    `why` is one of too_long, unreadable, cut_short; what was written is never repeated.
    """

    takes = ("why", "detail")

    def __init__(self, why: str, detail: str | int = "") -> None:
        super().__init__(why=why, detail=detail)
        self.why = why


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first message of each process: who it is and which data folder it serves."""

    role: str
    folder: str
    pid: int
    version: int = VERSION


class Call(msgspec.Struct, frozen=True, tag="call"):
    """One thing asked of the keeper. The id stays the same when it has to be asked again."""

    call_id: int
    command: msgspec.Raw
    session: str = ""


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """What screens should read again: kinds of rows, each with ids (none given means all)."""

    rows: dict[str, tuple[int, ...]] = {}


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """The call was done; `result` is the command's own reply, still encoded."""

    call_id: int
    result: msgspec.Raw = NOTHING
    changed: Changed = Changed()


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The call changed nothing. `fault` says whether it is ours (True) or the world's."""

    call_id: int
    code: str
    args: Args = {}
    fault: bool = False


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far a long call has come; `text_key` names the words shown beside the bar."""

    call_id: int
    done: int
    total: int
    text_key: str = ""


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Asks whether the other process still listens."""

    mark: int


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """Answers a Ping with its mark."""

    mark: int


class Goodbye(msgspec.Struct, frozen=True, tag="goodbye"):
    """The writer is about to end, or asks the reader to. An empty code is an orderly end.

    A code without `fault` is a refusal: starting the same process again would change nothing.
    """

    code: str = ""
    args: Args = {}
    fault: bool = False


class PressJob(msgspec.Struct, frozen=True, tag="press_job"):
    """One piece of drawing for the press; `payload` is known only to the kind that draws it."""

    job_id: int
    kind: str
    payload: bytes = b""


class PressDone(msgspec.Struct, frozen=True, tag="press_done"):
    """The job is finished: its result, and how many pages it drew."""

    job_id: int
    result: bytes = b""
    pages: int = 0


class PressFailed(msgspec.Struct, frozen=True, tag="press_failed"):
    """The job was not done, and the press knows why."""

    job_id: int
    code: str
    args: Args = {}
    fault: bool = False


Message = (
    Hello
    | Call
    | Changed
    | Reply
    | Refused
    | Progress
    | Ping
    | Pong
    | Goodbye
    | PressJob
    | PressDone
    | PressFailed
)
"""Everything that may stand in a frame."""

_WRITER: Final = msgspec.msgpack.Encoder()


class Unpacker(Generic[T]):
    """Reads one encoded value of a known kind: a union of commands, or one command's reply."""

    def __init__(self, kind: Any) -> None:
        self._reader: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(kind)

    def read(self, raw: bytes | msgspec.Raw) -> T:
        """Give the value; raises FrameError when the bytes are something else."""
        try:
            return self._reader.decode(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
            raise FrameError("unreadable", type(problem).__name__) from problem


def decoder(kinds: Any) -> Unpacker[Any]:
    """Give the reader of a union of command structs; each struct's tag names the command."""
    return Unpacker(kinds)


def pack(value: object) -> msgspec.Raw:
    """Encode a command, or a command's reply, to stand inside a message."""
    return msgspec.Raw(_WRITER.encode(value))


def unpack(raw: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Read one encoded value as `kind`; raises FrameError when it is not one."""
    reader: Unpacker[T] = Unpacker(kind)
    return reader.read(raw)


_MESSAGES: Final[Unpacker[Message]] = Unpacker(Message)


def encode(message: Message) -> bytes:
    """Give the frame of one message; raises FrameError when it is too long to be sent."""
    body = _WRITER.encode(message)
    if len(body) > LARGEST_FRAME:
        raise FrameError("too_long", len(body))
    return _LENGTH.pack(len(body)) + body


class Decoder:
    """Turns the bytes of a pipe, in whatever pieces they come, into messages.

    After one FrameError nothing more is read: every later call raises it again.
    """

    def __init__(self, largest: int = LARGEST_FRAME) -> None:
        self._largest = largest
        self._held = bytearray()
        self._broken: FrameError | None = None

    def feed(self, piece: bytes) -> list[Message]:
        """Take the next bytes; give the messages they complete.

        Raises FrameError (too_long, unreadable). Messages that stood whole before the
        broken frame in the same piece are lost with it: the sender is started anew and asked again.
        """
        if self._broken is not None:
            raise self._broken
        self._held += piece
        try:
            return self._whole_messages()
        except FrameError as problem:
            self._broken = problem
            self._held.clear()
            raise

    def finish(self) -> None:
        """Say that no more bytes come; raises FrameError when a frame was cut in the middle."""
        if self._broken is not None:
            raise self._broken
        if self._held:
            self._broken = FrameError("cut_short", len(self._held))
            raise self._broken

    def _whole_messages(self) -> list[Message]:
        messages: list[Message] = []
        start = 0
        while (end := self._frame_end(start)) <= len(self._held):
            messages.append(_MESSAGES.read(bytes(self._held[start + _LENGTH.size : end])))
            start = end
        del self._held[:start]
        return messages

    def _frame_end(self, start: int) -> int:
        """Where the frame beginning at `start` ends, as far as is known yet."""
        if len(self._held) - start < _LENGTH.size:
            return start + _LENGTH.size
        length: int = _LENGTH.unpack_from(self._held, start)[0]
        if length > self._largest:
            raise FrameError("too_long", length)
        return start + _LENGTH.size + length
