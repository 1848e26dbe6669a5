"""A local YTO over real HTTP, a connector in front of it, and a clock that tests turn."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sync.carriers.yto import YtoCarrier, YtoHands
from sync.carriers.yto_account import YtoAccount
from sync.ports import Http
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.yto import YtoSandbox, YtoSetup
from sync.transport import Transport, TransportLimits
from tests.sync.sf_world import NoWait, TurnedClock
from tests.sync.sf_world import ask_for as sf_ask_for

REFERENCE = "WD1-1001-1"
CREATE, CANCEL, TRACK = "privacy_create_adapter", "korder_cancel_adapter", "track_query_adapter"
SECRETS = {(CREATE, "K21"): "orders", (CANCEL, "K21"): "orders", (TRACK, "TEST"): "123456"}


def ask_for(reference: str = REFERENCE, **changed):
    return sf_ask_for(reference, **{"service": "", "monthly_account": ""} | changed)


@dataclass
class YtoWorld:
    clock: TurnedClock
    sandbox: YtoSandbox
    carrier: YtoCarrier
    account: YtoAccount
    http: Http

    def fail_next(self, kind: str, adapter: str = CREATE) -> None:
        self.sandbox.faults.plan(Fault(kind, part=adapter))

    def as_account(self, clock: TurnedClock | None = None, **changed) -> YtoCarrier:
        hands = YtoHands(self.http, clock or self.clock, NoWait())
        return YtoCarrier(replace(self.account, **changed), hands)

    async def buy(self, reference: str = REFERENCE, **changed):
        prepared = self.carrier.prepare(ask_for(reference, **changed))
        return await self.carrier.create(reference, prepared)


@asynccontextmanager
async def yto_world(rates=None, read_s: float = 0.15, **setup) -> AsyncIterator[YtoWorld]:
    clock = TurnedClock()
    chance = random.Random(7)
    sandbox = YtoSandbox(YtoSetup(SECRETS, **setup), clock.now, chance, Faults(chance, rates))
    server = LocalServer(sandbox)
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=read_s, total_s=5))
    account = YtoAccount("05L9aS", "K21", "orders", "TEST", "123456", url)
    try:
        carrier = YtoCarrier(account, YtoHands(http, clock, NoWait()))
        yield YtoWorld(clock, sandbox, carrier, account, http)
    finally:
        await http.close()
        await server.stop()
