"""A folder becomes a shop through the background service itself, once, and goes on after a cut."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.commands.channels import ConnectCarrier, ConnectChannel
from app.commands.founding import (
    Founding,
    FoundShop,
    KeepStep,
    KitMade,
    ReadFounding,
    ReadKit,
    ShopFacts,
    Tried,
    TryCarrier,
    TryChannel,
)
from app.commands.people import Created, SignedIn, SignIn, UnlockVault
from app.commands.privacy import RenewCredentials
from app.commands.schedule import CheckConnection
from app.compose.demo_world import CHECKWORD, PARTNER, WOO_KEY, World
from app.compose.link import link_of
from app.config import Settings
from app.desk.link import Link
from app.domain.errors import WaydeskError
from app.domain.policy import policy_from
from app.domain.recovery_kit import open_with_kit
from app.reads import house
from app.reads.book import ReadBook
from app.store.vault import open_vault
from tests.journeys.journey_world import world_running
from tests.worlds import FixedClock

PASSPHRASE = "a long enough one"
NOTHING = type(None)
VAULT = "the data's own passphrase"
FACTS = ShopFacts("Loom", "Asia/Shanghai", "CNY", "zh", "123456", "16:00", "2026-10-01")
SHOP = FoundShop(FACTS, "Lin", "Lin Xia", PASSPHRASE, "passphrase", VAULT)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with world_running() as running:
        yield running


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    """The way to a keeper of a new, empty folder."""
    made = link_of(Settings(tmp_path))
    made.start()
    await made.ready()
    yield made
    await made.close()


async def refusal(link: Link, ask: Any, reply: Any = NOTHING) -> WaydeskError:
    with pytest.raises(WaydeskError) as no:
        await link.ask(ask, reply)
    return no.value


async def enter(link: Link) -> None:
    link.session = (await link.ask(SignIn("lin", PASSPHRASE), SignedIn)).session


async def test_an_empty_folder_waits_to_be_founded_and_makes_no_key_by_itself(
    link: Link, tmp_path: Path
) -> None:
    assert await link.ask(ReadFounding(), Founding) == Founding(False, False, False)
    assert (await refusal(link, SignIn("lin", PASSPHRASE), SignedIn)).code == "vault_locked"
    assert not (tmp_path / "vault.json").exists()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"passphrase": "short"}, "bad_value"),
        ({"login": " "}, "bad_value"),
        ({"vault_passphrase": "short"}, "bad_value"),
        ({"shop": ShopFacts("Loom", "Mars/Base", "CNY", "zh", "12345")}, "rule_refused"),
        ({"shop": ShopFacts(" ", "Asia/Shanghai", "CNY", "zh", "12345")}, "bad_value"),
    ],
)
async def test_an_answer_that_does_not_fit_makes_nothing(
    link: Link, tmp_path: Path, wrong: dict[str, Any], code: str
) -> None:
    values = {name: getattr(SHOP, name) for name in SHOP.__struct_fields__} | wrong
    assert (await refusal(link, FoundShop(**values), KitMade)).code == code
    assert not (tmp_path / "vault.json").exists()
    assert not (await link.ask(ReadFounding(), Founding)).founded


@pytest.mark.req("F247", "F249", "F265")
async def test_a_shop_is_founded_once_with_its_kit_and_only_watches(
    link: Link, tmp_path: Path, clock: FixedClock
) -> None:
    made = await link.ask(SHOP, KitMade)
    assert open_with_kit(made.kit) == open_vault(tmp_path, clock, None, VAULT)
    assert (await link.ask(ReadFounding(), Founding)).founded
    assert (await refusal(link, SHOP, KitMade)).code == "not_in_state"
    await enter(link)
    book = ReadBook(tmp_path / "book.db")
    policy = policy_from(house.choices(book), "settings")
    book.close()
    assert (policy.shop_name, policy.working_days, policy.cut_off) == ("Loom", "123456", "16:00")
    assert policy.read_only


async def test_the_kit_is_shown_again_to_who_may_with_the_right_passphrase(link: Link) -> None:
    kit = (await link.ask(SHOP, KitMade)).kit
    assert (await refusal(link, ReadKit("lost", VAULT), KitMade)).code == "not_signed_in"
    await enter(link)
    assert (await link.ask(ReadKit("the sheet was lost", VAULT), KitMade)).kit == kit
    assert (await refusal(link, ReadKit("lost", "not the one"), KitMade)).code == "wrong_passphrase"
    assert (await refusal(link, ReadKit(" ", VAULT), KitMade)).code == "reason_needed"


async def test_a_founding_cut_off_after_the_key_goes_on(link: Link, tmp_path: Path) -> None:
    """The key was made, then the power went: no people yet, and no second key."""
    broken = FoundShop(FACTS, "Lin", "Lin Xia", PASSPHRASE, "passphrase", VAULT)
    await link.ask(broken, KitMade)
    await link.close()
    for name in ("book.db", "book.db-wal", "book.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    again = link_of(Settings(tmp_path))
    again.start()
    await again.ready()
    try:
        assert (await again.ask(ReadFounding(), Founding)).founded  # as far as can be known
        await again.ask(UnlockVault(VAULT), type(None))
        assert not (await again.ask(ReadFounding(), Founding)).founded
        await again.ask(SHOP, KitMade)
        await enter(again)
    finally:
        await again.close()


@pytest.mark.req("F247")
async def test_keys_are_tried_before_they_are_kept_and_what_is_wrong_is_one_sentence(
    link: Link, world: World
) -> None:
    await link.ask(SHOP, KitMade)
    await enter(link)
    good = {"address": world.shop_url, "key": WOO_KEY.key, "secret": WOO_KEY.secret}
    assert await link.ask(TryChannel("woocommerce", "Asia/Shanghai", good), Tried) == Tried()
    wrong = TryChannel("woocommerce", "Asia/Shanghai", good | {"secret": "cs_no"})
    assert (await refusal(link, wrong)).code.startswith(("sync_", "woo_"))
    nowhere = TryChannel("woocommerce", "Asia/Shanghai", good | {"address": "http://127.0.0.1:9"})
    assert (await refusal(link, nowhere)).code == "sync_unreachable"
    account = {"partner_id": PARTNER, "checkword": CHECKWORD, "url": world.carrier_url}
    await link.ask(TryCarrier("sf", account), type(None))
    assert (await refusal(link, TryCarrier("sf", account | {"checkword": "no"}))).code
    assert (await refusal(link, TryCarrier("nobody", account))).code == "bad_value"
    ask = ConnectChannel("woocommerce", "Loom", "Asia/Shanghai", "CNY", good)
    shop = (await link.ask(ask, Created)).id
    assert await link.ask(CheckConnection(channel_id=shop), Tried) == Tried()
    sf = (await link.ask(ConnectCarrier("sf", "SF", account), Created)).id
    assert await link.ask(CheckConnection(carrier_id=sf), Tried) == Tried()
    await link.ask(RenewCredentials("channel", shop, {"secret": "cs_no"}), type(None))
    kept = CheckConnection(channel_id=shop)
    assert (await refusal(link, kept)).code.startswith(("sync_", "woo_"))


async def test_a_command_does_not_wait_behind_keys_that_are_being_tried(link: Link) -> None:
    """The other end takes the call and never answers."""
    silent = await asyncio.start_server(lambda _read, _write: asyncio.sleep(60), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    await link.ask(SHOP, KitMade)
    await enter(link)
    fields = {"address": f"http://127.0.0.1:{port}", "key": "ck_x", "secret": "cs_x"}
    trial = asyncio.ensure_future(link.ask(TryChannel("woocommerce", "UTC", fields), type(None)))
    await link.ask(KeepStep("carrier", "later"), type(None))
    assert not trial.done()
    trial.cancel()
    silent.close()
    assert (await refusal(link, KeepStep("carrier", "perhaps"))).code == "bad_value"
