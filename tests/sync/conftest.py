"""A clock, a sandbox shop over real HTTP, and a channel that speaks to it."""

import itertools
import random
import ssl
from collections.abc import AsyncIterator, Callable

import pytest

from sync.channels.woocommerce import WooCommerce
from sync.sandbox.http import LocalServer
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from sync.transport import Transport, TransportLimits, trusted
from tests.sync.sync_world import HandClock, Middle, stocked, woo

KEYS = (ApiKey("ck_shop", "cs_shop"), ApiKey("ck_read", "cs_read", "read"))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def nonce() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):040x}"


@pytest.fixture
def box(clock: HandClock) -> WooSandbox:
    """A shop in Shanghai with one product of 100."""
    return stocked(WooSandbox(WooSetup(KEYS), clock.now_s, random.Random(7)))


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """Reading all authorities takes longer than most tests; they are read once."""
    return trusted()


@pytest.fixture
async def http(trust: ssl.SSLContext) -> AsyncIterator[Transport]:
    transport = Transport(TransportLimits(), trust=trust)
    yield transport
    await transport.close()


@pytest.fixture
async def hasty(trust: ssl.SSLContext) -> AsyncIterator[Transport]:
    """A way out that gives up after a second, for a shop that never answers."""
    transport = Transport(TransportLimits(read_s=1, total_s=2), trust=trust)
    yield transport
    await transport.close()


@pytest.fixture
async def server(box: WooSandbox) -> AsyncIterator[LocalServer]:
    running = box.server()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def channel(server: LocalServer, http: Transport, clock: HandClock, nonce) -> WooCommerce:
    return woo(server.url, http, clock, nonce, push_secrets=("new-secret", "woo-webhook-secret"))


@pytest.fixture
def middle() -> Middle:
    return Middle()


@pytest.fixture
def hasty_channel(
    server: LocalServer, hasty: Transport, clock: HandClock, nonce: Callable[[], str]
) -> WooCommerce:
    return woo(server.url, hasty, clock, nonce)
