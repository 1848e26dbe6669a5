"""A local Kuaidi100 over real HTTP, a connector in front of it, and a clock that tests turn."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sync.carriers.kuaidi100 import Kuaidi100Carrier, Kuaidi100Hands
from sync.carriers.kuaidi100_account import Kuaidi100Account
from sync.ports import Http
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.kuaidi100 import FOLLOW, ORDERS, TRACKS, Kuaidi100Sandbox, Kuaidi100Setup
from sync.transport import Transport, TransportLimits
from tests.sync.sf_world import RECEIVER, SENDER, NoWait, TurnedClock
from tests.sync.sf_world import ask_for as sf_ask_for

KEY, SECRET, CUSTOMER = "KEY0123456789", "SECRET0123", "CUST0123456789"
REFERENCE = "WD1-1001-1"
PUSH_URL = "https://push.shop.example/push/3f"


def ask_for(reference: str = REFERENCE, **changed):
    return sf_ask_for(reference, **{"service": "", "monthly_account": ""} | changed)


@dataclass
class Kuaidi100World:
    clock: TurnedClock
    sandbox: Kuaidi100Sandbox
    carrier: Kuaidi100Carrier
    account: Kuaidi100Account
    http: Http

    def fail_next(self, kind: str, part: str = "order") -> None:
        self.sandbox.faults.plan(Fault(kind, part=part))

    def as_account(self, **changed) -> Kuaidi100Carrier:
        return connector(replace(self.account, **changed), self.http, self.clock)

    async def buy(self, reference: str = REFERENCE, carrier=None, **changed):
        whose = carrier or self.carrier
        return await whose.create(reference, whose.prepare(ask_for(reference, **changed)))


def connector(account: Kuaidi100Account, http: Http, clock: TurnedClock) -> Kuaidi100Carrier:
    return Kuaidi100Carrier(account, Kuaidi100Hands(http, clock, lambda kind: NoWait()))


@asynccontextmanager
async def kuaidi100_world(rates=None, read_s: float = 0.15, **setup) -> AsyncIterator:
    clock = TurnedClock()
    plan = Kuaidi100Setup(KEY, SECRET, CUSTOMER, **setup)
    sandbox = Kuaidi100Sandbox(plan, clock.now, Faults(random.Random(7), rates))
    server = LocalServer(sandbox)
    base = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=read_s, total_s=5))
    account = Kuaidi100Account(
        KEY,
        SECRET,
        CUSTOMER,
        "yuantong",
        partner_id="P0001",
        orders_url=base + ORDERS,
        tracks_url=base + TRACKS,
        follow_url=base + FOLLOW,
    )
    try:
        yield Kuaidi100World(clock, sandbox, connector(account, http, clock), account, http)
    finally:
        await http.close()
        await server.stop()


__all__ = ["PUSH_URL", "RECEIVER", "REFERENCE", "SENDER", "ask_for", "kuaidi100_world"]
