"""A clock, a sandbox shop over real HTTP, and a channel that speaks to it."""

import itertools
import random
from collections.abc import AsyncIterator, Callable

import pytest

from sync.channels.woocommerce import WooCommerce
from sync.sandbox.http import LocalServer
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from sync.transport import Transport, TransportLimits
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


@pytest.fixture
async def http() -> AsyncIterator[Transport]:
    transport = Transport(TransportLimits(connect_s=2, read_s=0.3, total_s=0.6))
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
