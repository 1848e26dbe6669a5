"""What is connected stands in one list; who may looks after it there, and nobody else."""

from typing import Any

import pytest

from app.commands.founding import Tried, TryChannel
from app.commands.schedule import CheckConnection
from app.desk.parts import KeyedButton
from app.desk.screens.sync.adding import AddSheet
from app.desk.screens.sync.connections import ConnectionsPage
from app.desk.screens.sync.screen import SyncScreen
from app.desk.text import TextLabel
from app.domain.actor import worker
from app.domain.connections import Kind
from app.process.errors import Refused
from app.reads import connections
from app.store import shops, status_rows
from app.store.tables import channel
from tests.desk.desk_world import DeskWorld
from tests.desk.sync_world import many_shops
from tests.desk.test_desk_work import fill


def page(desk: DeskWorld, who: str) -> ConnectionsPage:
    desk.sit(who)
    desk.act(lambda: desk.window.go("sync"))
    screen = desk.window.screen_of("sync")
    assert isinstance(screen, SyncScreen)
    return screen.connections


def at(desk: DeskWorld, made: ConnectionsPage, pk: int) -> None:
    desk.act(lambda: made.table.selectRow(made.model.place_of(pk)))


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def buttons(made: ConnectionsPage) -> dict[str, KeyedButton]:
    found = made.findChildren(KeyedButton)
    return {b.accessibleName(): b for b in found if b.isVisible()}


def answering(desk: DeskWorld, monkeypatch: pytest.MonkeyPatch, *ends: Any) -> list[Any]:
    """The other end, as the keeper asks it once the door let it in: each answers in its turn."""
    asked, left, through = [], list(ends), desk.link.ask

    async def ask(command: Any, reply: Any, on_progress: Any = None) -> Any:
        if not isinstance(command, CheckConnection | TryChannel):
            return await through(command, reply, on_progress)
        await through(command, type(None), on_progress)
        asked.append(command)
        end = left.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    monkeypatch.setattr(desk.link, "ask", ask)
    return asked


def test_each_connection_says_how_it_stands_and_what_to_do(desk: DeskWorld) -> None:
    ids = many_shops(desk)
    made = page(desk, "boss")
    rows = [made.model.row(n) for n in range(made.model.rowCount())]
    stand = {row.name: made.cells.standing(row).state for row in rows}
    assert stand == {
        "Shop": "reading",
        "Shopify US": "refused",
        "Tea of our own": "failing",
        "淘宝 · 旗舰店": "paused",
        "SF": "ready",
        "SF monthly": "ready",
    }
    at(desk, made, ids["Shopify US"])
    told = texts(made)
    assert "The key is no longer accepted" in told
    assert any("Renew the key" in line for line in told)
    assert desk.window.rail.places["sync"].badge.text() == "1"


def test_what_a_connection_can_and_cannot_do_is_said_by_the_registry(desk: DeskWorld) -> None:
    many_shops(desk)
    made = page(desk, "boss")
    say, law = desk.seat.speech.say, desk.seat.law.connections
    found = {}
    for name in ("Shop", "SF"):
        at(desk, made, next(row.id for row in _rows(made) if row.name == name))
        told = texts(made)
        told = [*told[told.index(say("sync.can")) + 1 :], say("sync.cannot")]
        cut = told.index(say("sync.cannot"))
        found[name] = (set(told[:cut]) - {""}, set(told[cut + 1 : -1]) - {""})
    ends = {"Shop": (Kind.PLATFORM, "woocommerce"), "SF": (Kind.CARRIER, "sf")}
    for name, (kind, end) in ends.items():
        can = law.get(kind, end).can
        lacks = {flag for one in law.of(kind) for flag in one.can} - can
        assert found[name][0] == {say(f"capability.{flag}") for flag in can}
        assert found[name][1] == {say(f"capability.{flag}") for flag in lacks}


def _rows(made: ConnectionsPage) -> list[Any]:
    return [made.model.row(n) for n in range(made.model.rowCount())]


def test_a_check_asks_under_the_kept_keys_and_says_what_is_wrong(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = many_shops(desk)
    made = page(desk, "boss")
    no = Refused("sync_permission_missing")
    asked = answering(desk, monkeypatch, no, Tried(), Tried())
    at(desk, made, ids["Shopify US"])
    desk.act(made.shortcuts()["T"])
    assert asked == [CheckConnection(channel_id=ids["Shopify US"])]
    assert any(line.endswith("The key may not do this") for line in texts(made))
    desk.act(made.shortcuts()["T"])
    assert any("accepts the keys" in line for line in texts(made))
    at(desk, made, ids["SF"])
    assert not any("accepts the keys" in line for line in texts(made))
    desk.act(made.shortcuts()["T"])
    assert asked[-1] == CheckConnection(carrier_id=ids["SF"])


def test_a_shop_is_paused_with_a_reason_and_resumed(desk: DeskWorld) -> None:
    ids = many_shops(desk)
    made = page(desk, "boss")
    at(desk, made, ids["Shop"])
    desk.during(made.turn, fill(desk, reason="stock-taking"))
    assert "Paused" in texts(made)
    assert _state(desk, ids["Shop"])["state"] == "paused"
    desk.act(made.shortcuts()["P"])
    assert _state(desk, ids["Shop"])["state"] == "on"


def _state(desk: DeskWorld, pk: int) -> Any:
    return next(row for row in desk.shop.all(channel) if row["id"] == pk)


def test_pace_and_zone_are_set_and_a_zone_nobody_knows_is_refused(desk: DeskWorld) -> None:
    ids = many_shops(desk)
    made = page(desk, "boss")
    at(desk, made, ids["Shop"])
    schedule = made.shortcuts()["S"]
    desk.during(schedule, fill(desk, every="60", zone="Europe/Paris"))
    row = _state(desk, ids["Shop"])
    assert (row["every_s"], row["zone"]) == (60, "Europe/Paris")
    assert "every 1 min" in texts(made)
    desk.during(schedule, fill(desk, every="0", zone="Mars/Base"))
    assert _state(desk, ids["Shop"])["zone"] == "Europe/Paris"
    assert desk.news[-1].tone == "bad"


@pytest.mark.req("F009")
def test_a_shop_gives_a_word_a_meaning_of_its_own(desk: DeskWorld) -> None:
    ids = many_shops(desk)
    made = page(desk, "boss")
    at(desk, made, ids["Shop"])
    word = next(w for w in made._words[1] if (w.machine, w.raw) == ("order", "completed"))
    assert not word.own
    shown = made.current()
    assert shown is not None
    answer = fill(desk, status="completed", sentence="we close by hand")
    desk.during(lambda: desk.seat.spawn(made.deeds.meaning(shown, word)), answer)
    assert "own" in texts(made)
    with desk.shop.book.work(worker("test")) as work:
        mine = status_rows.load(work, "woocommerce", ids["Shop"]).rows
        all_of_it = status_rows.load(work, "woocommerce").rows
    key = next(k for k in mine if k[1:] == ("order", "completed"))
    assert (mine[key].to, all_of_it[key].to) == ("completed", "shipped")


def test_another_shop_is_connected_only_once_it_was_tried(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_shops(desk)
    made = page(desk, "boss")
    desk.shop.prove("boss")
    asked = answering(desk, monkeypatch, Refused("sync_token_expired"), Tried())
    before = len(desk.shop.all(channel))
    desk.act(made.add)
    sheet = next(s for s in desk.window.findChildren(AddSheet) if s.isVisible())
    assert not sheet.done.isEnabled()
    for name, value in (("address", "https://b.example"), ("key", "ck_1"), ("secret", "cs_1")):
        sheet.form.fill(name, value)
    sheet.form.fill("called", "Second shop")
    desk.act(sheet.done.click)
    assert sheet.problem.text() == "The key is no longer accepted"
    assert len(desk.shop.all(channel)) == before
    desk.act(sheet.done.click)
    assert [one.fields["secret"] for one in asked] == ["cs_1", "cs_1"]
    assert not any(s.isVisible() for s in desk.window.findChildren(AddSheet))
    assert "Second shop" in {row.name for row in _rows(made)}


def test_new_keys_are_put_in_and_the_warning_goes(desk: DeskWorld) -> None:
    ids = many_shops(desk)
    made = page(desk, "boss")
    desk.shop.prove("boss")
    at(desk, made, ids["Shop"])
    assert any("97 days old. Make new ones" in line for line in texts(made))
    desk.during(made.shortcuts()["K"], fill(desk, secret="cs_new"))
    assert not any("Make new ones" in line for line in texts(made))
    with desk.shop.book.work(worker("test")) as work:
        assert shops.fields_of(work, ids["Shop"])["secret"] == "cs_new"


@pytest.mark.parametrize(
    ("who", "live"),
    [
        ("agent", {"Read now"}),
        ("lead", {"Check", "Read now", "Pause…", "Schedule…"}),
    ],
)
def test_what_a_role_may_not_do_is_locked_with_its_reason(
    desk: DeskWorld, who: str, live: set[str]
) -> None:
    ids = many_shops(desk)
    made = page(desk, who)
    at(desk, made, ids["Shop"])
    found = buttons(made)
    assert {name for name, one in found.items() if one.isEnabled()} == live
    locked = [one for one in found.values() if not one.isEnabled()]
    assert len(locked) == 6 - len(live)
    assert all("do not include" in one.accessibleDescription() for one in locked)
    keys = made.shortcuts()
    for key in ("N", "K") + (("P", "S", "T") if who == "agent" else ()):
        desk.act(keys[key])
    assert not desk.news
    assert _state(desk, ids["Shop"])["state"] == "on"


def test_leaving_puts_the_card_and_the_list_away(desk: DeskWorld) -> None:
    many_shops(desk)
    made = page(desk, "boss")
    desk.act(made.add)
    desk.act(desk.window.sign_out)
    assert not any(s.isVisible() for s in desk.window.findChildren(AddSheet))
    assert made.model.rowCount() == 0


def test_a_list_without_rows_says_how_to_begin(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "connected", lambda _book, _viewer: ())
    made = page(desk, "lead")
    assert "Nothing is connected yet" in texts(made)
