"""Every night what was kept long enough goes, and nothing that is still needed."""

import os
from pathlib import Path

import pytest

from app.commands.orders import SetPolicy
from app.commands.privacy import EraseSubject
from app.domain.actor import worker
from app.domain.errors import RuleRefused
from app.domain.masks import ERASED
from app.keeper.retention import Retention
from app.keeper.room import Room
from app.keeper.writer import Writer
from app.store import expiry, intake_rows
from app.store.tables_record import audit, kept_aside
from app.store.verify import verify
from app.store.work import Book
from sync.records import Moment
from tests.books import book, clock, engine, ids, postgres, sqlite_template
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import NOON, FixedClock, SeededRng

__all__ = ["book", "clock", "engine", "ids", "postgres", "sqlite_template"]
DAY = 86_400_000


def completed(external_id: str, days_ago: int):
    at = Moment(NOON - days_ago * DAY, "", "Asia/Shanghai")
    return record(external_id, raw_status="completed", completed=at, placed=at, paid=at)


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, "admin", "owner")


@pytest.fixture
def nightly(shop: Shop, tmp_path: Path):
    writer = Writer()
    laws = shop.door.laws
    room = Room(shop.book, writer, laws, shop.book.clock, SeededRng(), lambda _changed: None)
    yield Retention(room, tmp_path)
    writer.close()


def masks(shop: Shop, *numbers: str) -> list[bool]:
    return [shop.order(number)["buyer_mask"] == ERASED for number in numbers]


@pytest.mark.req("F097")
async def test_orders_over_for_longer_than_the_shop_says_lose_their_buyer(
    shop: Shop, nightly: Retention, clock: FixedClock
) -> None:
    shop.receive(completed("801", 1_200), completed("802", 1_000), record("803"))
    shop.receive(*(completed(str(n), 1_500) for n in range(900, 925)))
    with shop.book.work(worker("sync")) as work:
        row = {"channel_id": shop.channel_id, "external_id": "x", "code": "c", "field": ""}
        intake_rows.keep_aside(work, row, "王芳菲".encode())
        work.tell("kept")
        work.commit()
    run = await nightly.round()
    assert (run.expired, run.kept) == (26, 0)
    assert masks(shop, "801", "802", "803", "900", "924") == [True, False, False, True, True]
    told = next(row for row in shop.all(audit) if row["action"] == "retention_run")
    assert '"expired":26' in told["detail_json"]
    clock.advance(1_100 * DAY)
    run = await nightly.round()
    assert (run.expired, run.kept) == (1, 1)
    assert masks(shop, "802", "803") == [True, False]
    assert shop.all(kept_aside)[0]["body_ct"] is None
    assert verify(shop.book).ok


@pytest.mark.req("F097")
async def test_a_shop_that_keeps_everything_loses_nothing(shop: Shop, nightly: Retention) -> None:
    shop.do("owner", SetPolicy("personal_data_days", "0", "the shop decides"))
    shop.receive(completed("801", 5_000))
    assert (await nightly.round()).expired == 0
    assert masks(shop, "801") == [False]


@pytest.mark.req("F101")
async def test_who_asked_too_early_is_erased_once_the_order_is_over(
    shop: Shop, nightly: Retention, clock: FixedClock
) -> None:
    shop.receive(completed("801", 3))
    chosen = (shop.order("801")["id"],)
    shop.one_suffices()
    shop.do("admin", EraseSubject(chosen, "asked by mail", postpone=True))
    assert (await nightly.round()).asked == 0
    assert masks(shop, "801") == [False]
    clock.advance(30 * DAY)
    assert (await nightly.round()).asked == 1
    assert masks(shop, "801") == [True]


@pytest.mark.req("F097")
async def test_the_log_is_pruned_by_the_shops_rule_and_never_before_180_days(
    shop: Shop, nightly: Retention, clock: FixedClock
) -> None:
    with pytest.raises(RuleRefused):
        shop.do("owner", SetPolicy("audit_days", "179", "less to keep"))
    clock.advance(300 * DAY)
    assert (await nightly.round()).lines == 0
    clock.advance(150 * DAY)
    assert (await nightly.round()).lines > 0
    assert verify(shop.book).ok


async def test_a_run_is_due_once_a_day(shop: Shop, nightly: Retention, clock: FixedClock) -> None:
    assert await nightly.room.write(nightly._is_due)
    await nightly.round()
    assert not await nightly.room.write(nightly._is_due)
    clock.advance(DAY)
    assert await nightly.room.write(nightly._is_due)
    with shop.book.work(worker("test")) as work:
        assert expiry.last_run(work).at == NOON


async def test_old_label_files_go_with_the_orders_they_are_of(
    shop: Shop, nightly: Retention, tmp_path: Path
) -> None:
    folder = tmp_path / "labels"
    folder.mkdir()
    for name, days in (("old.pdf", 1_200), ("new.pdf", 10)):
        (folder / name).write_bytes(b"%PDF")
        at = NOON / 1000 - days * 86_400
        os.utime(folder / name, (at, at))
    assert (await nightly.round()).files == 1
    assert [file.name for file in folder.iterdir()] == ["new.pdf"]
