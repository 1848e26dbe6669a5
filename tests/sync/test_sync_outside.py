"""That nobody outside is reached is told from what is asked anyway, never from one that is away."""

from contextlib import suppress

import pytest

from sync.errors import Ambiguous, Malformed, SyncError, Unreachable
from sync.outside import GOOD_S, Listening, Outside
from sync.ports import Answer, Request
from sync.transport import Transport, TransportLimits
from tests.sync.sync_world import HandClock
from tests.sync.test_sync_transport import raw_server, saying

SOON = TransportLimits(connect_s=2, read_s=2, total_s=5)
BUSY = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


async def heard_of(url: str, proxy: str | None = None) -> Outside:
    """What is known of the outside once one request came to nothing, over the real transport."""
    clock, outside, transport = HandClock(), Outside(), Transport(SOON, proxy=proxy)
    with pytest.raises(SyncError):
        await Listening(transport, outside, clock).send(Request("GET", url))
    await transport.close()
    assert (outside.gone(clock.mono()) == "") == (outside.reached_at is not None)
    return outside


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://no-such-shop.invalid/orders", "no-such-shop.invalid"),
        # A host of IPv6 alone, at an address kept for examples that leads nowhere.
        ("https://[2001:db8::1]/orders", "2001:db8::1"),
    ],
)
async def test_a_name_nobody_knows_and_a_broken_ipv6_are_no_internet(url: str, host: str) -> None:
    assert (await heard_of(url)).gone(0) == host


async def test_a_proxy_that_wants_a_password_is_no_internet() -> None:
    async with raw_server(saying(BUSY)) as proxy:
        told = await heard_of("https://shop.example/orders", proxy.removesuffix("/x"))
    assert told.gone(0) == "shop.example"


async def test_a_connection_that_is_refused_takes_somebody_who_refuses() -> None:
    assert (await heard_of("https://127.0.0.2:9/orders")).gone(0) == ""


class Saying:
    """Answers, or raises, what it is told to."""

    def __init__(self, said: SyncError | None) -> None:
        self.said = said

    async def send(self, _request: Request) -> Answer:
        if self.said is not None:
            raise self.said
        return Answer(503, {}, b"")


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        (None, True),
        (Malformed(), True),
        (Ambiguous(), True),
        (Unreachable("sync_tls_untrusted"), True),
        (Unreachable(), False),
        (Unreachable("sync_not_encrypted"), None),
        (Ambiguous("sync_timeout"), None),
    ],
)
async def test_only_what_says_something_of_the_network_counts(said, reached: bool | None) -> None:
    for host, heard in (("shop.example", reached), ("127.0.0.1", None)):
        outside, clock = Outside(), HandClock()
        with suppress(SyncError):
            await Listening(Saying(said), outside, clock).send(Request("GET", f"https://{host}/"))
        missed = outside.gone(clock.mono()) != ""
        assert (outside.reached_at is not None, missed) == (heard is True, heard is False)


def test_one_that_is_away_while_others_are_reached_is_its_own_affair() -> None:
    outside = Outside()
    for at in range(0, 600, 30):
        outside.reached("good.example", at)
        outside.missed("away.example", at + 1)
        assert outside.gone(at + 29) == ""
    # It was away before anybody was reached last: that says nothing of the network.
    assert outside.gone(3600) == ""


def test_all_of_them_away_are_no_internet_until_the_first_is_back() -> None:
    outside = Outside()
    outside.reached("one.example", 0)
    outside.reached("two.example", 5)
    outside.missed("one.example", 20)
    assert outside.gone(5 + GOOD_S - 1) == ""
    outside.missed("two.example", 35)
    assert outside.gone(5 + GOOD_S) == "one.example"
    outside.reached("two.example", 60)
    assert outside.gone(61) == ""
