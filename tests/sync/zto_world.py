"""A local ZTO over real HTTP, a connector in front of it, and a clock that tests turn."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sync.carriers.zto import ZtoCarrier, ZtoHands
from sync.carriers.zto_account import ZtoAccount
from sync.ports import Http
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.zto import ZtoSandbox, ZtoSetup
from sync.transport import Transport, TransportLimits
from tests.sync.sf_world import NoWait, TurnedClock
from tests.sync.sf_world import ask_for as sf_ask_for

REFERENCE = "WD1-1001-1"
SECRET = "appsecret0123"
CREATE = "zto.open.createOrder"


def ask_for(reference: str = REFERENCE, **changed):
    return sf_ask_for(reference, **{"service": "", "monthly_account": ""} | changed)


@dataclass
class ZtoWorld:
    clock: TurnedClock
    sandbox: ZtoSandbox
    carrier: ZtoCarrier
    account: ZtoAccount
    http: Http

    def fail_next(self, kind: str, service: str = CREATE) -> None:
        self.sandbox.faults.plan(Fault(kind, part=service))

    def as_account(self, **changed) -> ZtoCarrier:
        account = replace(self.account, **changed)
        return ZtoCarrier(account, ZtoHands(self.http, self.clock, NoWait()))

    async def buy(self, reference: str = REFERENCE, **changed):
        prepared = self.carrier.prepare(ask_for(reference, **changed))
        return await self.carrier.create(reference, prepared)


@asynccontextmanager
async def zto_world(rates=None, read_s: float = 0.15, **setup) -> AsyncIterator[ZtoWorld]:
    clock = TurnedClock()
    chance = random.Random(7)
    plan = ZtoSetup({"app": SECRET, "other": SECRET[::-1]}, **setup)
    sandbox = ZtoSandbox(plan, clock.now, chance, Faults(chance, rates))
    server = LocalServer(sandbox)
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=read_s, total_s=5))
    account = ZtoAccount("app", SECRET, "test", "ZTO123", url=url)
    try:
        carrier = ZtoCarrier(account, ZtoHands(http, clock, NoWait()))
        yield ZtoWorld(clock, sandbox, carrier, account, http)
    finally:
        await http.close()
        await server.stop()
