"""Two home-made stores over real HTTP, and a channel to each by the files the shop is given."""

import itertools
import random
import re
from functools import cache
from pathlib import Path

from sync.channels.own_shop import OwnHands, OwnShop
from sync.channels.own_shop_file import plan_of
from sync.channels.own_shop_sign import OwnKeys
from sync.limits import Unlimited
from sync.ports import Http
from sync.sandbox.own_garden import GardenSandbox
from sync.sandbox.own_tea import TeaSandbox, TeaSetup
from tests.sync.sync_world import HandClock

HOUSE = Path(__file__).parents[2]
TEA_FILE = (HOUSE / "resources/samples/own_shop.toml").read_text("utf-8")
PAGE = (HOUSE / "docs/own-shop.md").read_text("utf-8")
GARDEN_FILE = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]  # type: ignore[index]
TEA_AT, GARDEN_AT = "https://shop.example/api", "https://garden.example/v1"
SECRET = "webhook-secret"
read_once = cache(plan_of)


def spoilt(text: str, /, **rows: str) -> str:
    """A file with some rows' values replaced, by the row's name (the first of that name)."""
    for row, value in rows.items():
        text, found = re.subn(rf"(?m)^{row} = .*$", lambda _: f"{row} = {value}", text, count=1)  # noqa: B023
        assert found, row
    return text


def tea(clock: HandClock, **setup) -> TeaSandbox:
    box = TeaSandbox(TeaSetup(**setup), clock.now_s, random.Random(7))
    box.stock["TEA-1"] = 100
    return box


def garden(clock: HandClock, paging: str = "link") -> GardenSandbox:
    box = GardenSandbox(clock.now_s, random.Random(7), paging)
    box.left["ROSE-R"] = 100
    return box


def tea_channel(
    url: str, http: Http, clock: HandClock, text: str = TEA_FILE, **keys: str
) -> OwnShop:
    plan = read_once(text.replace(TEA_AT, f"{url}/api"))
    nonces = map(str, itertools.count(1))
    told = {"key": "tea-app", "secret": "tea-secret", **keys}
    own = OwnKeys(told["key"], told["secret"], ("old", SECRET), lambda: f"n{next(nonces)}")
    return OwnShop(plan, own, OwnHands(http, clock, Unlimited()))


def garden_channel(
    url: str, http: Http, clock: HandClock, text: str = GARDEN_FILE, key: str = "garden-token"
) -> OwnShop:
    plan = read_once(text.replace(GARDEN_AT, f"{url}/v1"))
    return OwnShop(plan, OwnKeys(key, "", (SECRET,)), OwnHands(http, clock, Unlimited()))
