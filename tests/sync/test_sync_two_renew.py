"""Two computers of a shop that find its token old at one time: it is renewed, nobody is locked out.

A refresh token is good once. WAYDESK_RENEWALS=1000 is the whole number; the suite makes 20.
"""

import asyncio
import os
import random
from collections.abc import Mapping

import pytest

from sync.errors import TokenExpired
from sync.ports import Answer, Http, Request
from sync.sandbox.jd import RENEWAL
from sync.tokens import Tokens
from tests.sync import jd_world, shopify_world
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock
from tests.sync.test_sync_shopify_access import renewing

RENEWALS = int(os.environ.get("WAYDESK_RENEWALS", "20"))
DAY_S = 86_400


class Far:
    """A platform some way off: others may do something before it hears, and before it is heard."""

    def __init__(self, http: Http) -> None:
        self._http, self._chance = http, random.Random(7)

    async def send(self, request: Request) -> Answer:
        await self._while()
        answer = await self._http.send(request)
        await self._while()
        return answer

    async def _while(self) -> None:
        for _ in range(self._chance.randrange(30)):
            await asyncio.sleep(0)


class Shopify:
    """Tokens of an hour; both come when theirs has ended."""

    def __init__(self, clock: HandClock) -> None:
        self.box = shopify_world.sandbox(clock)
        shelf, keys = Shelf(), renewing(self.box)
        far = Far(shopify_world.Straight(self.box))
        self.two = [
            shopify_world.channel_for("sandbox.myshopify.com", far, clock, keys, shelf=shelf)
            for _ in "ab"
        ]
        self.rest_s = 7200

    def made(self) -> int:
        return len(self.box.gate.given)


class Jd:
    """Tokens of thirty days, which must be renewed before they end."""

    def __init__(self, clock: HandClock) -> None:
        self.box = jd_world.sandbox(clock)
        shelf, pair = Shelf(), self.box.gate.pair(DAY_S // 2)
        far = Far(jd_world.Straight(self.box))
        more = {"pair": pair, "shelf": shelf, "ends_ms": clock.ms + DAY_S // 2 * 1000}
        self.two = [jd_world.channel_for(self.box, far, clock, **more) for _ in "ab"]
        self.rest_s = 29 * DAY_S + 7200

    def made(self) -> int:
        return int(self.box.gate.renewed)


@pytest.mark.parametrize("platform", [Shopify, Jd])
async def test_two_computers_that_renew_at_once_lock_nobody_out(
    platform: type[Shopify] | type[Jd], clock: HandClock
) -> None:
    shop, chance = platform(clock), random.Random(32)

    async def comes(one, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await one.pull("")

    for _ in range(RENEWALS):
        await asyncio.gather(*(comes(one, chance.randrange(30)) for one in shop.two))
        await asyncio.gather(*(one.pull("") for one in shop.two))
        clock.turn(shop.rest_s)
    assert RENEWALS <= shop.made() <= 2 * RENEWALS
    print(f"{platform.__name__}: {shop.made()} tokens for {RENEWALS} renewals by two")


class UnderWay:
    """A line on which the answer to a renewal comes only once another was answered too."""

    def __init__(self, http: Http, met: asyncio.Event, *, first: bool) -> None:
        self._http, self._met, self._first = http, met, first

    async def send(self, request: Request) -> Answer:
        answer = await self._http.send(request)
        if RENEWAL in request.url and self._first:
            await self._met.wait()
        elif RENEWAL in request.url:
            self._met.set()
        return answer


async def test_who_is_refused_while_anothers_new_token_is_under_way_takes_that_one(
    clock: HandClock,
) -> None:
    box, met = jd_world.sandbox(clock), asyncio.Event()
    token, refresh = box.gate.pair(DAY_S // 2)
    until = str(clock.ms + DAY_S // 2 * 1000)
    shelf = Shelf(token=token, token_until=until, refresh_token=refresh)
    here, there = (
        jd_world.channel_for(
            box, UnderWay(jd_world.Straight(box), met, first=first), clock, shelf=shelf
        )
        for first in (True, False)
    )
    pulling = asyncio.create_task(here.pull(""))
    for _ in range(20):
        await asyncio.sleep(0)
    assert (box.gate.renewed, shelf.tokens["token"]) == (1, token)
    clock.turn(DAY_S)  # and by now the old one has ended
    await there.pull("")
    await pulling
    assert (box.gate.renewed, len(shelf.kept)) == (1, 1)


async def test_so_it_is_with_every_platform_whose_refresh_token_is_good_once(
    clock: HandClock,
) -> None:
    shelf, met, used = Shelf(token="t1", refresh_token="r1"), asyncio.Event(), set()

    async def make(standing: Mapping[str, str]) -> dict[str, str]:
        if standing["refresh_token"] in used:
            met.set()
            raise TokenExpired
        used.add(standing["refresh_token"])
        await met.wait()
        return {"token": "t2", "refresh_token": "r2"}

    async def soon(_seconds: float) -> None:
        await asyncio.sleep(0)

    two = [Tokens(shelf, clock, 0, sleep=soon) for _ in "ab"]
    assert await asyncio.gather(*(one.renew("t1", make) for one in two)) == ["t2", "t2"]
    used.add("r2")  # and nobody was faster
    with pytest.raises(TokenExpired):
        await two[0].renew("t2", make)
