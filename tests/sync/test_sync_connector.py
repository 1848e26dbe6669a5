"""Each answer outside 2xx becomes one word of the tree, the same for every platform."""

import pytest

from sync.connector import Connector, Signed, refusal, retry_after_ms
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    Throttled,
    TokenExpired,
)
from sync.limits import Unlimited
from sync.ports import Answer, Request
from tests.sync.sync_world import NOON


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, Rejected),
        (400, Rejected),
        (401, TokenExpired),
        (403, PermissionMissing),
        (404, Rejected),
        (408, Ambiguous),
        (422, Rejected),
        (429, Throttled),
        (500, Ambiguous),
        (502, Ambiguous),
        (503, Throttled),
        (504, Ambiguous),
    ],
)
def test_a_status_has_one_meaning(status, kind) -> None:
    assert type(refusal(Answer(status, {}, b""), None)) is kind


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("", None),
        ("7", 7_000),
        ("999999", 3_600_000),
        ("Mon, 24 Nov 2025 12:00:30 GMT", 30_000),
        ("Mon, 24 Nov 2025 11:00:00 GMT", 0),
        ("Tue, 25 Nov 2025 12:00:00 GMT", 3_600_000),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_the_wait_they_ask_for_is_read_and_capped_at_an_hour(told, wait) -> None:
    assert retry_after_ms(Answer(429, {"retry-after": told}, b""), NOON) == wait


class Saying:
    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def send(self, request: Request) -> Answer:
        return self.answer


def connector(clock, status: int, body: bytes) -> Connector:
    signed = Signed(lambda request: request, refusal)
    return Connector(Saying(Answer(status, {}, body)), clock, signed, Unlimited())


async def test_an_unreadable_answer_to_a_read_is_malformed_to_a_write_ambiguous(clock) -> None:
    line = connector(clock, 200, b"<br>Warning")
    with pytest.raises(Malformed):
        await line.json(Request("GET", "http://x/"))
    with pytest.raises(Ambiguous) as lost:
        await line.json(Request("PUT", "http://x/", writes=True))
    assert lost.value.code == "sync_unread_answer"


async def test_a_refusal_is_raised_and_a_good_answer_returned(clock) -> None:
    assert (await connector(clock, 204, b"").request(Request("GET", "http://x/"))).status == 204
    with pytest.raises(Rejected):
        await connector(clock, 404, b"").request(Request("GET", "http://x/"))
