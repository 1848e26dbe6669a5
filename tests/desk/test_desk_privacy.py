"""Data protection on its page: exact counts before anything goes, and no key is ever shown."""

import json
import zipfile
from pathlib import Path

import pytest

from app.commands.wire import Changed
from app.desk.dialogs import Sheet
from app.desk.screens.settings.privacy import PrivacyPage
from app.domain.actor import worker
from app.domain.masks import ERASED
from app.store import rotation, vault
from app.store.chest import Chest
from app.store.tables_privacy import credential
from app.store.tables_record import audit, keyring_row
from app.store.vault import wrap
from sync.records import Moment
from tests.desk.desk_world import DeskWorld
from tests.desk.test_desk_consent import answer
from tests.desk.test_desk_settings import page, sheet
from tests.operations.outbound_world import PASSPHRASE, record
from tests.worlds import MEI, NOON, SeededRng

WORDS = "correct horse battery"
DAY = 86_400_000
OVER = Moment(NOON - 90 * DAY, "", "Asia/Shanghai")


@pytest.fixture
def boss(desk: DeskWorld, tmp_path: Path) -> PrivacyPage:
    """The owner at the page, of a shop with a vault and two finished orders of one buyer."""
    folder = tmp_path / "vault"
    folder.mkdir()
    kek = vault.new_with_passphrase(folder, WORDS, SeededRng(), vault.FLOOR)
    desk.shop.book.chest = Chest(folder, desk.shop.book.clock, SeededRng(3))
    with desk.shop.book.work(MEI) as work:
        wrapped = wrap(kek, 1, SeededRng().random_bytes(32), SeededRng())
        row = {"id": 1, "wrapped": wrapped, "state": "current", "made_at": NOON - 120 * DAY}
        work.insert(keyring_row, row)
        work.tell("book_begun")
        work.commit()
    done = {"raw_status": "completed", "completed": OVER, "placed": OVER, "paid": OVER}
    desk.shop.receive(record("801", **done), record("802", **done))
    desk.shop.one_suffices()
    made = page(desk, "boss", "privacy")
    assert isinstance(made, PrivacyPage)
    return made


def look_for(desk: DeskWorld, made: PrivacyPage, typed: str) -> None:
    made.person.typed.setText(typed)
    desk.act(made.person.search)


def said(made: PrivacyPage) -> str:
    return made.person._said.text()


@pytest.mark.req("F101")
def test_a_person_is_found_by_any_number_and_erased_after_an_exact_count(
    desk: DeskWorld, boss: PrivacyPage
) -> None:
    look_for(desk, boss, "13812345678")
    assert said(boss) == "4 order(s): 2 over, 2 still open, 0 erased already."
    assert boss.person.erase.text() == "Erase 4…"
    look_for(desk, boss, "801")
    assert said(boss).startswith("4 order(s)")

    async def only_those_over() -> None:
        card = await sheet(desk)
        assert not card.done.isEnabled()
        card.fill("which", "over")
        card.fill("reason", "asked in writing")
        card.done.click()

    desk.during(boss.person.erase.click, only_those_over)
    assert {n: desk.shop.order(n)["buyer_mask"] == ERASED for n in ("801", "802", "900")} == {
        "801": True,
        "802": True,
        "900": False,
    }
    assert said(boss) == "4 order(s): 0 over, 2 still open, 2 erased already."
    assert desk.news[-1].title == "Erased 2; 0 follow once they are over"
    desk.act(boss.put_away)
    assert boss.person.found is None


@pytest.mark.req("F101")
def test_put_away_the_card_erases_nothing_and_the_later_way_waits(
    desk: DeskWorld, boss: PrivacyPage
) -> None:
    look_for(desk, boss, "13812345678")

    async def think_better() -> None:
        (await sheet(desk)).put_away()

    desk.during(boss.person.erase.click, think_better)
    assert desk.shop.order("801")["buyer_mask"] != ERASED

    async def all_of_them() -> None:
        card = await sheet(desk)
        card.fill("which", "all")
        card.fill("reason", "asked in writing")
        card.done.click()

    desk.during(boss.person.erase.click, all_of_them)
    assert desk.news[-1].title == "Erased 2; 2 follow once they are over"


@pytest.mark.req("F101")
def test_the_copy_is_written_where_it_was_asked_for(
    desk: DeskWorld, boss: PrivacyPage, tmp_path: Path
) -> None:
    look_for(desk, boss, "13812345678")
    path = tmp_path / "copy.zip"

    async def there() -> None:
        card = await sheet(desk)
        card.fill("path", str(path))
        card.fill("reason", "asked by mail")
        card.done.click()

    desk.during(boss.person.copy.click, there)
    with zipfile.ZipFile(path) as held:
        assert len(json.loads(held.read("data.json"))["orders"]) == 4


@pytest.mark.req("F098")
def test_the_key_is_changed_with_the_passphrase_and_its_progress_shows(
    desk: DeskWorld, boss: PrivacyPage
) -> None:
    assert boss.keys.age.text() == "Key no. 1, in use for 120 d"

    async def prove() -> None:
        card = await sheet(desk)
        card.fill("passphrase", WORDS)
        card.fill("reason", "every quarter")
        card.done.click()

    desk.during(boss.keys.rotate.click, prove)
    assert desk.shop.book.keys.current == 2
    assert not boss.keys.bar.isHidden()
    assert not boss.keys.rotate.isEnabled()
    seen: list[int] = []
    while True:
        with desk.shop.book.work(worker("sync")) as work:
            step = rotation.move_some(work, 7)
            work.tell("key_moved")
            work.commit()
        desk.act(lambda: boss.heard(Changed({"keys": ()})))
        assert step is not None
        if step.ended:
            break
        seen.append(boss.keys.bar.value())
    assert seen == sorted(seen)
    assert 0 < seen[0] < boss.keys.bar.maximum()
    assert boss.keys.bar.isHidden()
    assert boss.keys.progress.text().startswith("Everything is under the new key.")
    assert boss.keys.rotate.isEnabled()


@pytest.mark.req("F098")
def test_old_and_unused_keys_are_marked_and_new_ones_put_in(
    desk: DeskWorld, boss: PrivacyPage
) -> None:
    with desk.shop.book.work(MEI) as work:
        for row in work.rows(credential.select()):
            old = {"put_at": NOON - 100 * DAY, "used_at": NOON - 40 * DAY}
            work.update(credential, row["owner_id"], **old)
        work.tell("aged")
        work.commit()
    desk.act(boss.reload)
    one = next(row for row in boss.connections.rows if row.kind == "carrier")
    marks = boss.connections._marks(one, desk.behind.clock.now())
    assert [word for word, _tone in marks] == ["privacy.mark_old", "privacy.mark_idle"]

    async def put_in() -> None:
        card: Sheet = await sheet(desk)
        card.fill("checkword", "a new one")
        card.done.click()

    desk.during(lambda: boss.connections._begin(boss.connections._keys.renew, one), put_in)
    fresh = next(row for row in boss.connections.rows if row.kind == "carrier")
    assert boss.connections._marks(fresh, desk.behind.clock.now()) == []


@pytest.mark.req("F101", "F214")
def test_erasing_takes_somebody_elses_consent_to_exactly_these_orders(
    desk: DeskWorld, boss: PrivacyPage
) -> None:
    desk.shop.door.laws.renew()  # the law as it is shipped: two people
    desk.shop.hire("partner", "owner")
    look_for(desk, boss, "13812345678")
    agree = {"login": "partner", "passphrase": PASSPHRASE}
    cards = answer(desk, {"which": "over", "reason": "asked in writing"}, agree)
    desk.during(boss.person.erase.click, cards)
    assert [desk.shop.order(n)["buyer_mask"] == ERASED for n in ("801", "802")] == [True, True]
    lines = [row for row in desk.shop.all(audit) if row["action"] == "subject_erased"]
    assert "partner" in lines[-1]["detail_json"]


def test_who_may_not_look_for_persons_has_no_such_page(desk: DeskWorld) -> None:
    assert not isinstance(page(desk, "lead", "privacy"), PrivacyPage)
