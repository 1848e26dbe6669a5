"""The data key changes while people work; a kill at any moment loses nothing, repeats nothing."""

from pathlib import Path
from typing import Any

import pytest

from app.commands.people import Tokenise
from app.commands.privacy import (
    ChangeVaultPassphrase,
    FindSubject,
    RenewRecoveryKit,
    RotateDataKey,
)
from app.domain.actor import worker
from app.domain.errors import (
    BadValue,
    DecryptFailed,
    NotAllowed,
    NotInState,
    VaultLocked,
    WrongPassphrase,
)
from app.domain.errors_people import OtherComputerWrote
from app.domain.recovery_kit import open_with_kit
from app.operations import quick_keys
from app.operations.all_verbs import VERBS
from app.operations.door import Door
from app.operations.laws import Laws
from app.store import accounts, rotation, vault
from app.store.chest import Chest
from app.store.key_rows import DESTROYED
from app.store.keys import closed_with
from app.store.opening import keys_of
from app.store.tables import name_token, receiver
from app.store.tables_privacy import key_rotation
from app.store.tables_record import audit, keyring_row, operator
from app.store.vault import wrap
from app.store.verify import verify
from app.store.work import Book, Place
from tests.operations.outbound_world import Shop, open_shop, record
from tests.store.test_store_verify import behind_our_back
from tests.worlds import MEI, FixedClock, SeededRng

WORDS = "correct horse battery"
DAY = 86_400_000


class PowerCutError(Exception):
    """The power goes."""


@pytest.fixture
def shop(book: Book, clock: FixedClock, tmp_path: Path) -> Shop:
    """A shop with its vault, six orders, and its key as it lies in a real book."""
    folder = tmp_path / "folder"
    folder.mkdir()
    kek = vault.new_with_passphrase(folder, WORDS, SeededRng(), vault.FLOOR)
    book.chest = Chest(folder, clock, SeededRng(3))
    secret = SeededRng().random_bytes(32)  # of tests.worlds.shop_keys
    with book.work(MEI) as work:
        row = {"id": 1, "wrapped": wrap(kek, 1, secret, SeededRng()), "state": "current"}
        work.insert(keyring_row, row)
        work.tell("book_begun")
        work.commit()
    made = open_shop(book, "admin", "agent", "lead", "owner")
    made.receive(*(record(f"50{n}") for n in range(6)))
    return made


def rotate(shop: Shop) -> None:
    shop.prove("admin")
    shop.agreed("admin", RotateDataKey("every quarter", WORDS), "owner")


def move(shop: Shop, limit: int = 3) -> rotation.Step | None:
    with shop.book.work(MEI) as work:
        step = rotation.move_some(work, limit)
        if step is not None:
            work.tell("key_moved")
            work.commit()
    return step


def cut_off(book: Book) -> None:
    """A whole piece of work that never comes to its commit."""
    with book.work(MEI) as work:
        rotation.move_some(work, 4)
        work.tell("key_moved")
        raise PowerCutError


def old_ciphers(shop: Shop) -> int:
    """How many ciphertexts of the book another key than the newest one closed."""
    count = 0
    for closed in rotation.CLOSED:
        for row in shop.all(closed.table):
            count += sum(
                row[name] is not None and closed_with(bytes(row[name])) != shop.book.keys.current
                for name in closed.columns
            )
    return count


def found(shop: Shop, typed: str) -> set[int]:
    """What a desk finds by the keeper's tokens, of any data key."""
    told = shop.do("agent", Tokenise(typed))
    ids: set[int] = set()
    by_token: dict[int, set[int]] = {}
    for row in shop.all(name_token):
        by_token.setdefault(row["token"], set()).add(row["order_id"])
    for names in filter(None, (told["names"], *told["names_before"])):
        ids |= set.intersection(*(by_token.get(token, set()) for token in names))
    phones = {bytes(one) for one in (told["phone"], *told["phones_before"]) if one}
    return ids | {r["order_id"] for r in shop.all(receiver) if r["phone_index"] in phones}


@pytest.mark.req("F098")
def test_a_new_key_serves_at_once_and_the_rest_follows_while_everything_is_found(
    shop: Shop,
) -> None:
    everyone = {row["order_id"] for row in shop.all(receiver)}
    rotate(shop)
    assert shop.book.keys.current == 2
    before = old_ciphers(shop)
    shop.receive(record("900"))
    assert old_ciphers(shop) == before
    everyone.add(shop.order("900")["id"])
    while (step := move(shop)) is not None and not step.ended:
        assert found(shop, "张小满") == found(shop, "13812345678") == everyone
        told = shop.do("admin", FindSubject(phone="13812345678"))["orders"]
        assert {one["order_id"] for one in told} == everyone
    assert step is not None
    assert (step.ended, old_ciphers(shop)) == (rotation.WAITING, 0)
    assert found(shop, "张小满") == everyone
    assert set(shop.book.keys.query_tokens("张小满")) <= {r["token"] for r in shop.all(name_token)}
    with shop.book.work(MEI) as work:
        assert accounts.sender(work)["phone"] == "057188886666"
        assert accounts.credentials_of(work, accounts.carriers(work)[0])["checkword"] == "Y"
    assert verify(shop.book).findings == ()


@pytest.mark.req("F098")
def test_a_change_cut_off_at_any_piece_goes_on_where_it_stood(
    shop: Shop, clock: FixedClock
) -> None:
    kek = vault.open_vault(shop.book.chest._folder, clock, None, WORDS)
    rotate(shop)
    looked, cuts = 0, 0
    while True:
        with pytest.raises(PowerCutError):
            cut_off(shop.book)
        keys = keys_of(shop.book.engine, kek, SeededRng())  # as the next start finds it
        assert keys is not None
        place = Place(chain=1, host="desk-1", app="test")
        again = Book(shop.book.engine, keys, clock, shop.book.ids, place)
        again.chest = shop.book.chest
        shop.book = again
        shop.door = Door(again, Laws(again), VERBS)
        step = move(shop, 4)
        cuts += 1
        assert step is not None
        looked += step.looked
        if step.ended:
            break
    assert cuts > len(rotation.CLOSED)
    total = sum(len(shop.all(closed.table)) for closed in rotation.CLOSED)
    assert (looked, old_ciphers(shop)) == (total, 0)
    assert verify(shop.book).ok


@pytest.mark.req("F098")
def test_the_old_key_is_destroyed_after_its_backups_and_seals_still_hold(
    shop: Shop, clock: FixedClock
) -> None:
    old, agent = shop.all(receiver)[0], shop.all(operator)[0]["id"]
    with shop.book.work(MEI) as work:
        badge = quick_keys.new_badge(work, agent)
        work.tell("badge_issued")
        work.commit()
    kek = vault.open_vault(shop.book.chest._folder, clock, None, WORDS)
    rotate(shop)
    while (step := move(shop)) is not None and not step.ended:
        pass
    with shop.book.work(MEI) as work:
        assert not rotation.look_again(work, 35 * DAY)
    clock.advance(36 * DAY)
    with shop.book.work(MEI) as work:
        assert rotation.look_again(work, 35 * DAY)
        work.tell("key_checked_again")
        work.commit()
    while (step := move(shop)) is not None and not step.ended:
        pass
    assert step is not None
    assert step.ended == rotation.DONE
    rows = {row["id"]: row for row in shop.all(keyring_row)}
    assert (rows[1]["state"], bytes(rows[1]["wrapped"])) == (DESTROYED, b"")
    with pytest.raises(DecryptFailed):
        shop.book.keys.decrypt("receiver", old["order_id"], "name_ct", old["name_ct"])
    assert verify(shop.book).ok
    with shop.book.work(MEI) as work:
        assert quick_keys.owner_of_badge(work, badge) == agent
    reopened = keys_of(shop.book.engine, kek, SeededRng())
    assert reopened is not None
    assert (reopened.current, reopened.seals) == (2, shop.book.keys.seals)
    fresh = shop.all(receiver)[0]
    told = reopened.decrypt("receiver", fresh["order_id"], "name_ct", fresh["name_ct"])
    assert told == "张小满".encode()


def test_a_row_altered_outside_is_left_for_a_person_and_keeps_the_old_key_alive(
    shop: Shop, clock: FixedClock
) -> None:
    one, two = (row["order_id"] for row in shop.all(receiver)[:2])
    with behind_our_back(shop.book) as conn:
        conn.exec_driver_sql(
            f"UPDATE receiver SET name_ct = (SELECT name_ct FROM receiver WHERE order_id = {two})"
            f" WHERE order_id = {one}"
        )
    rotate(shop)
    trouble: list[Any] = []
    for _ in range(2):
        while (step := move(shop)) is not None:
            trouble += step.trouble
            if step.ended:
                break
        assert step is not None
        assert step.ended == rotation.WAITING
        clock.advance(36 * DAY)
        with shop.book.work(MEI) as work:
            rotation.look_again(work, 35 * DAY)
            work.tell("key_checked_again")
            work.commit()
    assert [str(found.details["id"]) for found in trouble] == [str(one)] * 2
    kept = {row["id"]: row["state"] for row in shop.all(keyring_row)}
    assert kept[1] != DESTROYED


def test_only_who_may_and_who_proves_it_changes_keys(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.do("lead", RotateDataKey("curious", WORDS))
    with pytest.raises(WrongPassphrase):
        shop.do("admin", RotateDataKey("every quarter", "guessing away"))
    with pytest.raises(VaultLocked):
        shop.do("admin", RotateDataKey("every quarter"))
    assert shop.book.keys.current == 1
    assert shop.all(key_rotation) == []
    rotate(shop)
    with pytest.raises(NotInState):
        rotate(shop)


def test_a_computer_that_would_go_on_with_the_old_key_is_named_and_until_when(
    shop: Shop, clock: FixedClock
) -> None:
    book = shop.book
    place = Place(chain=2, host="desk-2", app="test")
    other = Book(book.engine, book.keys, book.clock, book.ids, place)
    with other.work(worker("sync", host="desk-2")) as work:
        work.tell("hello")
        work.commit()
    clock.advance(120_000)
    with pytest.raises(OtherComputerWrote) as refused:
        rotate(shop)
    assert refused.value.details == {"host": "desk-2", "hours": 24}


def test_another_passphrase_opens_the_same_key_and_the_old_one_no_more(
    shop: Shop, clock: FixedClock
) -> None:
    chest = shop.book.chest
    assert chest is not None
    kek = chest.open(WORDS)
    with pytest.raises(BadValue):
        shop.do("admin", ChangeVaultPassphrase(WORDS, "short", "leaver"))
    other = ChangeVaultPassphrase(WORDS, "another long one", "leaver")
    shop.agreed("admin", other, "owner")
    assert chest.open("another long one") == kek
    with pytest.raises(WrongPassphrase):
        chest.open(WORDS)
    assert WORDS not in str(shop.all(audit))


def test_a_new_kit_opens_what_is_made_from_now_on_and_the_old_one_does_not(
    shop: Shop, clock: FixedClock
) -> None:
    chest = shop.book.chest
    assert chest is not None
    old = chest.open(WORDS)
    if shop.book.dialect != "sqlite":
        with pytest.raises(NotInState):
            shop.do("admin", RenewRecoveryKit("kit was lost", WORDS))
        return
    kit = shop.agreed("admin", RenewRecoveryKit("kit was lost", WORDS), "owner")["text"]
    new = open_with_kit(kit)
    assert new == chest.open(WORDS) != old
    assert keys_of(shop.book.engine, new, SeededRng()) is not None
    with pytest.raises(VaultLocked):
        keys_of(shop.book.engine, old, SeededRng())


@pytest.mark.parametrize("reached_the_book", [False, True])
def test_a_new_shop_key_cut_off_half_way_leaves_one_that_opens(
    shop: Shop, reached_the_book: bool
) -> None:
    chest = shop.book.chest
    assert chest is not None
    old = chest.open(WORDS)
    new = chest.prepare(WORDS)

    def fits(kek: bytes) -> bool:
        return kek == (new if reached_the_book else old)

    kept = chest.settle(old, WORDS, fits)
    assert kept == (new if reached_the_book else old) == chest.open(WORDS)
    assert chest.other(WORDS) is None
