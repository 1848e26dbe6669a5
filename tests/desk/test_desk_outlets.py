"""Where numbers are bought ahead, the list of connections says how many are left, and warns."""

import pytest

from app.domain.actor import worker
from app.store import accounts, outlets
from app.store.outlets import OutletFigure
from app.store.tables import carrier_account
from tests.desk.desk_world import DeskWorld
from tests.desk.sync_world import many_shops
from tests.desk.test_desk_connections import at, buttons, page, texts
from tests.desk.test_desk_work import fill

HOME = "浙江省 杭州市 萧山区 仓前路 9 号"


def account(desk: DeskWorld, *told: OutletFigure, error: str = "") -> int:
    """A carrier account whose outlets were read a minute ago."""
    many_shops(desk)
    with desk.shop.book.work(worker("sync")) as work:
        pk = accounts.put_carrier(work, "kdniao", "ZTO 电子面单", {"business_id": "1"})
        outlets.replace_all(work, pk, told)
        if error:
            outlets.could_not(work, pk, error)
        work.tell("outlets_read", "carrier", pk)
        work.commit()
    return pk


def test_each_outlet_says_what_is_left_there_and_few_are_a_warning(desk: DeskWorld) -> None:
    pk = account(
        desk,
        OutletFigure("ZTO", "57101", "萧山一部", 37, (HOME, "2", "3", "4")),
        OutletFigure("YTO", "571099", "滨江分部", 2400),
        OutletFigure("SF", "", "", None),
    )
    made = page(desk, "boss")
    at(desk, made, pk)
    told = texts(made)
    assert "Running out" in told
    assert {"萧山一部", "37 left", "滨江分部", "2,400 left", "SF", "paid afterwards"} <= set(told)
    assert f"Sends from {HOME}" in told
    assert told.count("Buy more numbers at this outlet.") == 1
    assert "and 1 more addresses" in told
    desk.during(
        lambda: desk.seat.spawn(made.deeds.warn_below(made.current())), fill(desk, numbers="20")
    )
    assert next(r for r in desk.shop.all(carrier_account) if r["id"] == pk)["warn_below"] == 20
    told = texts(made)
    assert "Running out" not in told
    assert "Warns below 20." in told


def test_a_balance_that_could_not_be_read_says_why_beside_what_was_last_known(
    desk: DeskWorld,
) -> None:
    pk = account(desk, OutletFigure("ZTO", "1", "萧山一部", 370), error="sync_token_expired")
    made = page(desk, "boss")
    at(desk, made, pk)
    told = texts(made)
    assert {"The key is no longer accepted", "萧山一部", "370 left"} <= set(told)


@pytest.mark.parametrize(("who", "live"), [("agent", {"Read balance"}), ("lead", None)])
def test_who_may_sync_reads_a_balance_and_who_may_schedule_sets_its_warning(
    desk: DeskWorld, who: str, live: set[str] | None
) -> None:
    pk = account(desk)
    made = page(desk, who)
    at(desk, made, pk)
    able = {name for name, one in buttons(made).items() if one.isEnabled()}
    assert {"Read balance"} <= able
    assert ("Warn below…" in able) is (live is None)
    assert any("Not read yet" in line or "names no outlet" in line for line in texts(made))
    desk.act(made.shortcuts()["R"])
    with desk.shop.book.work(worker("test")) as work:
        assert outlets.readings(work)[pk]["asked_at"] is not None


def test_an_ewaybill_says_whose_orders_it_takes(desk: DeskWorld) -> None:
    many_shops(desk)
    with desk.shop.book.work(worker("sync")) as work:
        pk = accounts.put_carrier(work, "cainiao", "Tmall ZTO", {"cp_code": "ZTO"})
        work.tell("carrier_connected", "carrier", pk)
        work.commit()
    made = page(desk, "boss")
    at(desk, made, pk)
    told = texts(made)
    assert desk.seat.speech.say("label_route.taobao") in told
    at(desk, made, desk.shop.all(carrier_account)[0]["id"])
    assert not any("e-waybill." in line for line in texts(made))
