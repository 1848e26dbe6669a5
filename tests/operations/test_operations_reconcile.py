"""After a restore nothing is bought or printed until a person says the carriers were asked."""

import msgspec
import pytest

from app.commands.cases import EndReconcile
from app.commands.parcels import TakeWaybills
from app.domain.actor import worker
from app.domain.errors import NotAllowed, NotInState
from app.operations import print_queue, waybill_answers
from app.store.restore import RECONCILE
from app.store.tables import waybill
from app.store.tables_record import setting
from app.store.work import Book
from tests.operations.outbound_world import Shop, open_shop, record


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book)
    made.hire("owner", "owner")
    made.receive(record())
    made.flow()
    made.do("lead", TakeWaybills((made.order()["id"],)))
    return made


def restore(shop: Shop) -> None:
    value = msgspec.json.encode({"state": "due", "backup": "b"}).decode()
    with shop.book.work(worker("restore")) as work:
        work.insert(setting, {"key": RECONCILE, "value_json": value})
        work.tell("book_restored")
        work.commit()
    with shop.book.work(worker("sync")) as work:
        waybill_answers.forget_requesting(work)
        work.commit()


def due_states(shop: Shop) -> list[str]:
    with shop.book.work(worker("sync")) as work:
        return [row["state"] for row in waybill_answers.due(work, 9)]


def test_a_waybill_wanted_before_the_backup_is_looked_up_and_not_bought(shop: Shop) -> None:
    assert due_states(shop) == ["intent"]
    restore(shop)
    assert [row["state"] for row in shop.all(waybill)] == ["unknown"]
    assert due_states(shop) == ["unknown"]


def test_new_waybills_and_prints_wait_until_the_owner_has_looked(shop: Shop) -> None:
    restore(shop)
    shop.receive(record("502"))
    shop.flow()
    shop.do("lead", TakeWaybills((shop.order("502")["id"],)))
    assert due_states(shop) == ["unknown"]
    with shop.book.work(worker("press")) as work:
        assert print_queue.queued(work, 5) == []
    with pytest.raises(NotAllowed):
        shop.do("packer", EndReconcile("looked"))
    shop.do("owner", EndReconcile("compared with the carrier's page"))
    assert sorted(due_states(shop)) == ["intent", "unknown"]
    with pytest.raises(NotInState):
        shop.do("owner", EndReconcile("again"))
