"""A local Kdniao over real HTTP, a connector in front of it, and a clock that tests turn."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sync.carriers.kdniao import KdniaoCarrier, KdniaoHands
from sync.carriers.kdniao_account import KdniaoAccount
from sync.ports import Http
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.kdniao import ORDERS, TRACKS, KdniaoSandbox, KdniaoSetup
from sync.transport import Transport, TransportLimits
from tests.sync.sf_world import RECEIVER, SENDER, NoWait, TurnedClock
from tests.sync.sf_world import ask_for as sf_ask_for

KEY = "56da2cf8-c8a2-44b2-b6fa-476cd7d1ba17"
REFERENCE = "WD1-1001-1"


def ask_for(reference: str = REFERENCE, **changed):
    return sf_ask_for(reference, **{"service": "", "monthly_account": ""} | changed)


@dataclass
class KdniaoWorld:
    clock: TurnedClock
    sandbox: KdniaoSandbox
    carrier: KdniaoCarrier
    account: KdniaoAccount
    http: Http

    def fail_next(self, kind: str, request_type: str = "1007") -> None:
        self.sandbox.faults.plan(Fault(kind, part=request_type))

    def as_account(self, **changed) -> KdniaoCarrier:
        return connector(replace(self.account, **changed), self.http, self.clock)

    async def buy(self, reference: str = REFERENCE, **changed):
        prepared = self.carrier.prepare(ask_for(reference, **changed))
        return await self.carrier.create(reference, prepared)


def connector(account: KdniaoAccount, http: Http, clock: TurnedClock) -> KdniaoCarrier:
    return KdniaoCarrier(account, KdniaoHands(http, clock, lambda kind: NoWait()))


@asynccontextmanager
async def kdniao_world(rates=None, read_s: float = 0.15, **setup) -> AsyncIterator[KdniaoWorld]:
    clock = TurnedClock()
    chance = random.Random(7)
    plan = KdniaoSetup({"1237100": KEY}, **setup)
    sandbox = KdniaoSandbox(plan, clock.now, chance, Faults(chance, rates))
    server = LocalServer(sandbox)
    base = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=read_s, total_s=5))
    account = KdniaoAccount(
        "1237100",
        KEY,
        "ZTO",
        customer="ZTO0001",
        password="ZTO123",
        orders_url=base + ORDERS,
        tracks_url=base + TRACKS,
    )
    try:
        yield KdniaoWorld(clock, sandbox, connector(account, http, clock), account, http)
    finally:
        await http.close()
        await server.stop()


__all__ = ["KEY", "RECEIVER", "REFERENCE", "SENDER", "KdniaoWorld", "ask_for", "kdniao_world"]
