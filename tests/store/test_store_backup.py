"""A backup that does not bring the shop back is not one."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.domain.errors import BackupBroken, BookInUse, BookTooNew, VaultLocked
from app.domain.recovery_kit import make_kit, open_with_kit
from app.process.locks import try_lock
from app.store.backup import (
    FOLDER,
    Backup,
    Keeping,
    drop_old,
    kept,
    list_backups,
    make_backup,
    witnessed,
)
from app.store.backup_check import check_backup, keys_in
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.restore import RECONCILE, Restore
from app.store.tables_catalogue import product
from app.store.tables_record import setting
from app.store.verify import verify
from app.store.work import Book, Place
from tests.store.full_shop import fill
from tests.worlds import MEI, CountingIds, FixedClock, SeededRng

KEK = b"k" * 32


class Shop:
    """A shop's data folder with a book in use."""

    def __init__(self, folder: Path, rows: int = 20) -> None:
        self.folder, self.clock, self.rng = folder, FixedClock(), SeededRng()
        self.opener = Opener(KEK, self.clock, CountingIds(), self.rng)
        self.book = self.open()
        fill(self.book, rows)

    @property
    def hands(self) -> tuple[FixedClock, SeededRng]:
        return self.clock, self.rng

    def open(self) -> Book:
        return self.opener.open(sqlite_engine(self.folder / "book.db"), Place(chain=1))

    def backup(self, kind: str = "daily") -> Backup:
        folder = self.folder / FOLDER
        return make_backup(self.folder / "book.db", folder, self.book.keys, kind, self.hands)

    def restore(self, backup: Path, kek: bytes = KEK) -> Path | None:
        self.book.engine.dispose()
        opener = Opener(kek, self.clock, CountingIds(9_000_000), self.rng)
        return Restore(opener, kek, self.hands).run(backup, self.folder, MEI, Place(chain=1))

    def add(self, sku: str) -> None:
        with self.book.work(MEI) as work:
            work.insert(product, {"id": work.ids.next(), "sku": sku})
            work.tell("product.add")
            work.commit()

    def skus(self) -> set[str]:
        with self.book.engine.connect() as conn:
            return set(conn.execute(product.select()).scalars(product.c.sku))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    yield made
    made.book.engine.dispose()


def edit(path: Path, statement: str) -> None:
    conn = sqlite3.connect(path)
    conn.execute(statement)
    conn.commit()
    conn.close()


def test_a_backup_made_in_use_brings_back_every_row(shop: Shop) -> None:
    backup = shop.backup()
    shop.add("later")
    aside = shop.restore(backup.path)
    shop.book = shop.open()
    assert "later" not in shop.skus()
    assert verify(shop.book).ok
    assert aside is not None
    old = shop.opener.open(sqlite_engine(aside / "book.db"), Place(chain=1))
    with old.engine.connect() as conn:
        assert "later" in set(conn.execute(product.select()).scalars(product.c.sku))
    old.engine.dispose()


def test_after_a_restore_nothing_is_printed_until_carriers_were_asked(shop: Shop) -> None:
    shop.restore(shop.backup().path)
    shop.book = shop.open()
    with shop.book.work(MEI) as work:
        value = msgspec.json.decode(work.row(setting, RECONCILE)["value_json"])
    assert value["state"] == "due"


def test_a_restore_stands_in_the_record(shop: Shop) -> None:
    shop.restore(shop.backup().path)
    shop.book = shop.open()
    with shop.book.engine.connect() as conn:
        last = conn.exec_driver_sql("SELECT actor, action FROM audit ORDER BY seq DESC LIMIT 1")
        assert tuple(last.one()) == ("Mei", "book_restored")


def test_the_recovery_kit_brings_a_backup_back_on_a_new_computer(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    backup, kit = shop.backup(), make_kit(KEK)
    elsewhere = tmp_path_factory.mktemp("new-computer")
    kek = open_with_kit(kit)
    opener = Opener(kek, shop.clock, CountingIds(9_000_000), shop.rng)
    aside = Restore(opener, kek, shop.hands).run(backup.path, elsewhere, MEI, Place(chain=1))
    assert aside is None
    book = opener.open(sqlite_engine(elsewhere / "book.db"), Place(chain=1))
    assert verify(book).ok
    book.engine.dispose()


def test_a_folder_a_keeper_works_on_is_left_alone(shop: Shop) -> None:
    backup = shop.backup()
    held = try_lock(shop.folder / "keeper.lock")
    assert held is not None
    with pytest.raises(BookInUse):
        shop.restore(backup.path)
    held.release()


def test_another_shops_key_restores_nothing(shop: Shop) -> None:
    backup = shop.backup()
    with pytest.raises(VaultLocked):
        shop.restore(backup.path, b"x" * 32)
    assert not list(shop.folder.glob("before-restore-*"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE product SET title = 'forged'",
        "UPDATE setting SET value_json = '[1, \"00\"]' WHERE key LIKE 'audit_head%'",
        "DELETE FROM data_key",
    ],
)
def test_a_backup_somebody_edited_is_not_restored(shop: Shop, statement: str) -> None:
    backup = shop.backup()
    edit(backup.path, statement)
    with pytest.raises(BackupBroken):
        shop.restore(backup.path)
    shop.book = shop.open()
    assert verify(shop.book).ok


def test_a_backup_with_a_torn_page_is_not_restored(shop: Shop) -> None:
    backup = shop.backup()
    content = bytearray(backup.path.read_bytes())
    for at in range(4096 * 3, len(content) - 4096, 4096 * 2):
        content[at : at + 64] = b"\xff" * 64
    backup.path.write_bytes(content)
    with pytest.raises(BackupBroken):
        shop.restore(backup.path)
    backup.path.write_bytes(b"no database")
    with pytest.raises(BackupBroken):
        shop.restore(backup.path)


def test_a_broken_book_is_never_taken_for_a_backup(shop: Shop) -> None:
    edit(shop.folder / "book.db", "UPDATE product SET title = 'forged'")
    with pytest.raises(BackupBroken):
        shop.backup()
    assert list((shop.folder / FOLDER).iterdir()) == []


def test_a_backup_of_a_newer_waydesk_says_so(shop: Shop) -> None:
    backup = shop.backup()
    edit(backup.path, "PRAGMA user_version = 9")
    with pytest.raises(BookTooNew):
        check_backup(backup.path, keys_in(backup.path, KEK, shop.rng), shop.rng)


def test_so_many_days_and_weeks_and_three_upgrades_are_kept(tmp_path: Path) -> None:
    newest = datetime(2026, 2, 16, 20, tzinfo=UTC)
    made = []
    for hours in range(0, 24 * 60, 8):
        at = newest - timedelta(hours=hours)
        made.append(Backup(tmp_path / f"{hours}", "daily", int(at.timestamp() * 1000), 1))
    made += [Backup(tmp_path / f"u{n}", "upgrade", n, 1) for n in range(9, 0, -1)]
    stay = kept(made, Keeping(7, 4))
    daily = [datetime.fromtimestamp(b.made_at / 1000, UTC) for b in stay if b.kind == "daily"]
    assert len({at.date() for at in daily[:7]}) == 7
    assert len(daily) == 7 + 2  # the last of two of the four weeks stands among the days
    assert (newest - daily[-1]).days == 15  # Sunday of the fourth week back
    assert [b.made_at for b in stay if b.kind == "upgrade"] == [9, 8, 7]


def test_old_backups_are_deleted_and_strangers_left_alone(shop: Shop) -> None:
    folder = shop.folder / FOLDER
    for _ in range(4):
        shop.clock.advance(60_000)
        shop.backup()
    (folder / "holiday.db").write_bytes(b"mine")
    assert len(drop_old(folder, Keeping())) == 3
    assert len(list_backups(folder)) == 1
    assert (folder / "holiday.db").exists()


def test_a_book_put_back_as_it_was_shows_against_the_newest_backup(shop: Shop) -> None:
    shop.book.engine.dispose()
    before = shop.folder / "before.db"
    shutil.copyfile(shop.folder / "book.db", before)
    shop.book = shop.open()
    shop.add("sold and hidden")
    shop.backup()
    shop.book.engine.dispose()
    shutil.copyfile(before, shop.folder / "book.db")
    shop.book = shop.open()
    assert verify(shop.book).ok
    heads = witnessed(shop.folder / FOLDER, shop.book.keys, shop.rng)
    seen = {chain: [head] for chain, head in heads.items()}
    assert {f.kind for f in verify(shop.book, seen).findings} == {"entry_cut"}


@pytest.mark.req("F099")
def test_planted_personal_data_is_found_in_no_file(shop: Shop) -> None:
    planted = {"name_ct": "钱塘江", "phone_ct": "13912345678", "address_ct": "莫干山路 1234 号"}
    plain = {column: text.encode() for column, text in planted.items()}
    receiver = next(t for t in product.metadata.sorted_tables if t.name == "receiver")
    with shop.book.work(MEI) as work:
        closed = {c: work.keys.encrypt("receiver", 777, c, v) for c, v in plain.items()}
        index = work.keys.blind("phone", planted["phone_ct"])
        work.insert(receiver, {"order_id": 777, **closed, "phone_index": index})
        work.tell("receiver.add", "receiver", 777)
        work.commit()
    shop.backup()
    secrets = [*plain.values(), *(text.encode("utf-16-le") for text in planted.values()), KEK]
    files = [path for path in shop.folder.rglob("*") if path.is_file()]
    assert {"book.db", "book.db-wal"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret in content], path.name
