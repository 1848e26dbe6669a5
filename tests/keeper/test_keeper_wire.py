"""What the shop is promised of the frames between its processes: read whole, or refused."""

import contextlib
import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import wire


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    order_id: int


class Release(msgspec.Struct, frozen=True, tag="release"):
    order_id: int
    why: str = ""


ids = st.integers(min_value=0, max_value=2**63 - 1)
words = st.text(max_size=40)
args = st.dictionaries(words, words | ids, max_size=3)
raws = st.builds(wire.pack, st.recursive(ids | words | st.none(), st.lists, max_leaves=6))
rows = st.builds(wire.Changed, st.dictionaries(words, st.tuples(ids, ids), max_size=3))
messages = st.one_of(
    st.builds(wire.Hello, words, words, ids),
    st.builds(wire.Call, ids, raws, words),
    st.builds(wire.Reply, ids, raws, rows),
    st.builds(wire.Refused, ids, words, args, st.booleans()),
    rows,
    st.builds(wire.Progress, ids, ids, ids, words),
    st.builds(wire.Ping, ids),
    st.builds(wire.Pong, ids),
    st.builds(wire.Goodbye, words, args),
    st.builds(wire.PressJob, ids, words, st.binary(max_size=300)),
    st.builds(wire.PressDone, ids, st.binary(max_size=300), ids),
    st.builds(wire.PressFailed, ids, words, args, st.booleans()),
)


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in itertools.pairwise(edges)]


def as_told(told: list[wire.Message]) -> list[bytes]:
    """Raw parts compare by identity of their buffers, so messages are compared as bytes."""
    return [wire.encode(message) for message in told]


@given(st.lists(messages, max_size=8), st.lists(st.integers(min_value=0), max_size=12))
def test_a_stream_reads_the_same_however_the_pipe_cuts_it(
    sent: list[wire.Message], cuts: list[int]
) -> None:
    stream = b"".join(wire.encode(message) for message in sent)
    reader = wire.Decoder()
    got = [message for piece in pieces(stream, cuts) for message in reader.feed(piece)]
    reader.finish()
    assert as_told(got) == as_told(sent)


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_garbage_raises_the_one_defined_error_and_nothing_else(junk: list[bytes]) -> None:
    reader = wire.Decoder(largest=4096)
    with contextlib.suppress(wire.FrameError):
        for piece in junk:
            reader.feed(piece)
        reader.finish()


@given(st.binary(max_size=120))
def test_a_well_framed_body_of_garbage_raises_the_one_defined_error(body: bytes) -> None:
    frame = len(body).to_bytes(4, "big") + body
    with contextlib.suppress(wire.FrameError):
        wire.Decoder().feed(frame)


@given(messages, st.data())
def test_one_flipped_byte_is_read_or_refused_but_never_breaks_the_reader(
    message: wire.Message, data: st.DataObject
) -> None:
    frame = bytearray(wire.encode(message))
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] ^= data.draw(st.integers(1, 255))
    reader = wire.Decoder()
    try:
        reader.feed(bytes(frame))
        reader.finish()
    except wire.FrameError:
        with pytest.raises(wire.FrameError):
            reader.feed(b"")


@given(messages, st.integers(min_value=1))
def test_a_stream_cut_inside_a_frame_is_named(message: wire.Message, cut: int) -> None:
    frame = wire.encode(message)
    reader = wire.Decoder()
    assert reader.feed(frame[: cut % (len(frame) - 1) + 1]) == []
    with pytest.raises(wire.FrameError, match="cut_short"):
        reader.finish()


@pytest.mark.parametrize(
    "body",
    [
        b"\x91" * 200_000,
        b"\x83\xa4type\xa4call\xa7call_id\x01\xa7command" + b"\x91" * 200_000,
        b"\x82\xa4type\xa4ping\xa4mark\xcd\x01",
        b"\x81\xa4type\xa5sesam",
        b"\xc1",
        b"",
    ],
    ids=["nested", "nested command", "half", "unknown", "reserved", "empty"],
)
def test_known_bad_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(wire.FrameError, match="unreadable"):
        wire.Decoder().feed(len(body).to_bytes(4, "big") + body)


def test_a_length_beyond_the_largest_frame_is_refused_before_its_body_comes() -> None:
    reader = wire.Decoder()
    with pytest.raises(wire.FrameError, match="too_long"):
        reader.feed((wire.LARGEST_FRAME + 1).to_bytes(4, "big"))
    with pytest.raises(wire.FrameError, match="too_long"):
        reader.feed(wire.encode(wire.Ping(1)))


def test_a_message_too_long_to_be_read_is_not_sent() -> None:
    with pytest.raises(wire.FrameError, match="too_long"):
        wire.encode(wire.PressJob(1, "pdf", bytes(wire.LARGEST_FRAME)))


def test_the_largest_message_passes() -> None:
    job = wire.PressJob(1, "pdf", bytes(wire.LARGEST_FRAME - 100))
    frame = wire.encode(job)
    reader = wire.Decoder()
    got = [
        m for piece in pieces(frame, list(range(0, len(frame), 65536))) for m in reader.feed(piece)
    ]
    assert got == [job]


def test_commands_travel_by_their_tag_and_an_unknown_one_is_refused() -> None:
    commands = wire.decoder(Hold | Release)
    assert commands.read(wire.pack(Release(7, "paid"))) == Release(7, "paid")
    with pytest.raises(wire.FrameError, match="unreadable"):
        commands.read(wire.pack({"type": "erase_everything"}))
    assert wire.unpack(wire.pack((1, 2)), tuple[int, int]) == (1, 2)
