"""A local SF over real HTTP, a connector in front of it, and a clock that tests turn."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count

from sync.carriers.sf import SfCarrier, SfHands
from sync.carriers.sf_account import SfAccount
from sync.ports import Http
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.sf import PATH, SfSandbox, SfSetup
from sync.transport import Transport, TransportLimits
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

START_MS = 1_780_000_000_000
WORD = "checkword0123456789abcdefghijklm"
SENDER = PartyRecord(
    "顺小丰", "13480155048", "CN", "广东省", "深圳市", "南山区", "软件产业基地11栋"
)
RECEIVER = PartyRecord(
    "张 三*~", "13925211148", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号(2+3)!'"
)
ASK = WaybillAsk(
    reference="WD1-1001-1",
    sender=SENDER,
    receiver=RECEIVER,
    goods=(GoodsRecord("棉T恤", 2, "件", 250),),
    weight_g=1234,
    parcels=1,
    service="2",
    monthly_account="7551234567",
    remark="轻放",
)


def ask_for(reference: str, **changed) -> WaybillAsk:
    return replace(ASK, reference=reference, **changed)


class TurnedClock:
    def __init__(self) -> None:
        self.ms = START_MS

    def now(self) -> int:
        return self.ms

    def mono(self) -> float:
        return self.ms / 1000


class NoWait:
    async def take(self, cost: float = 1.0) -> None:
        return


@dataclass
class SfWorld:
    clock: TurnedClock
    sandbox: SfSandbox
    carrier: SfCarrier
    account: SfAccount
    http: Http
    url: str

    def fail_next(self, kind: str, service: str = "CREATE_ORDER") -> None:
        self.sandbox.faults.plan(Fault(kind, part=service))

    def as_account(self, **changed) -> SfCarrier:
        return connector(replace(self.account, **changed), self.http, self.clock)

    def waybills(self, reference: str) -> list[str]:
        found = self.sandbox.truth()["by_reference"].get(reference)
        return found["waybill_nos"] if found else []

    async def buy(self, reference: str = ASK.reference, **changed):
        prepared = self.carrier.prepare(ask_for(reference, **changed))
        return await self.carrier.create(reference, prepared)


def connector(account: SfAccount, http: Http, clock: TurnedClock) -> SfCarrier:
    ids = count(random.Random(account.partner_id + account.checkword).getrandbits(60))
    return SfCarrier(account, SfHands(http, clock, lambda: next(ids), lambda name: NoWait()))


@asynccontextmanager
async def sf_world(rates=None, read_s: float = 0.15, **setup) -> AsyncIterator[SfWorld]:
    clock = TurnedClock()
    chance = random.Random(7)
    plan = SfSetup({"WAYDESK1": WORD, "OTHER": WORD[::-1]}, "letmesee", **setup)
    sandbox = SfSandbox(plan, clock.now, chance, Faults(chance, rates))
    server = LocalServer(sandbox)
    url = await server.start() + PATH
    http = Transport(TransportLimits(connect_s=2, read_s=read_s, total_s=5))
    account = SfAccount("WAYDESK1", WORD, "7551234567", url)
    try:
        carrier = connector(account, http, clock)
        yield SfWorld(clock, sandbox, carrier, account, http, url)
    finally:
        await http.close()
        await server.stop()
