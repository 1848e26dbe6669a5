"""Numbers are taken from the account the shop chose, and from its back-up when that is gone."""

import pytest

from app.commands.carriers import ChooseCarriers
from app.commands.parcels import TakeWaybills
from app.domain.actor import worker
from app.domain.errors import BadValue, NotAllowed, NotFound, ReasonNeeded
from app.store import accounts
from app.store.tables import carrier_account, waybill
from app.store.tables_record import audit
from app.store.work import Book
from tests.operations.outbound_world import Shop, open_shop, record


def shop_with_three(book: Book) -> tuple[Shop, list[int]]:
    shop = open_shop(book, "lead", "packer")
    with book.work(worker("setup")) as work:
        for name in ("ZTO East", "ZTO West"):
            accounts.put_carrier(work, "zto", name, {"k": "v"})
        pks = [row["id"] for row in accounts.carriers(work)]
        work.tell("carriers")
        work.commit()
    shop.receive(*(record(str(n)) for n in (501, 502, 503)))
    shop.flow()
    return shop, pks


def taken_from(shop: Shop, external_id: str) -> int:
    shop.do("lead", TakeWaybills((shop.order(external_id)["id"],)))
    return int(shop.all(waybill)[-1]["carrier_account"].split(":")[1])


@pytest.mark.req("F186")
def test_numbers_come_from_the_usual_account_and_from_the_back_up_once_that_is_gone(
    book: Book,
) -> None:
    shop, (sf, east, west) = shop_with_three(book)
    assert taken_from(shop, "501") == sf, "the oldest, while nobody said"
    shop.do("lead", ChooseCarriers(west, east, "SF did not come for two days"))
    assert taken_from(shop, "502") == west
    with book.work(worker("owner")) as work:
        work.update(carrier_account, west, state="off")
        work.tell("retired")
        work.commit()
    assert taken_from(shop, "503") == east
    told = shop.all(audit)
    assert "carriers_chosen" in {row["action"] for row in told}


def test_a_choice_that_is_none_is_refused(book: Book) -> None:
    shop, (sf, east, _west) = shop_with_three(book)
    with pytest.raises(NotFound):
        shop.do("lead", ChooseCarriers(77, 0, "why"))
    with pytest.raises(BadValue):
        shop.do("lead", ChooseCarriers(sf, sf, "why"))
    with pytest.raises(ReasonNeeded):
        shop.do("lead", ChooseCarriers(east, sf))
    with pytest.raises(NotAllowed):
        shop.do("packer", ChooseCarriers(east, sf, "why"))
    assert taken_from(shop, "501") == sf
