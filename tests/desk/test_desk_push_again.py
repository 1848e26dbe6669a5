"""An upload the platform refused is pushed again from its exception, once (F010)."""

import pytest
from sqlalchemy import select

from app.domain.actor import worker
from app.operations.effects import refused
from app.store.outbox import Effect, put
from app.store.tables_record import case, outbox
from tests.desk.desk_world import DeskWorld
from tests.desk.test_desk_work import texts


@pytest.mark.req("F010")
def test_a_refused_upload_is_pushed_again_from_its_deep_link_with_one_key(desk: DeskWorld) -> None:
    case_id, key = refused_upload(desk)
    desk.sit("lead")
    desk.act(lambda: desk.window.follow(f"waydesk://case/{case_id}"))
    screen = desk.window.screen_of("cases")
    assert screen.current().id == case_id
    assert {row["intent_key"]: row["state"] for row in desk.shop.all(outbox)}[key] == "dead"
    desk.act(lambda: (screen.shortcuts()["P"](), screen.shortcuts()["P"]()))
    assert {row["intent_key"]: row["state"] for row in desk.shop.all(outbox)}[key] == "ready"
    said = [news.title for news in desk.news]
    assert said == ["900: on its way again", "900: was on its way already"]
    assert screen.model.rowCount() == 0


def test_who_may_not_push_again_sees_why(desk: DeskWorld) -> None:
    case_id, key = refused_upload(desk)
    desk.sit("agent")
    desk.act(lambda: desk.window.go(f"case/{case_id}"))
    screen = desk.window.screen_of("cases")
    desk.act(screen.shortcuts()["P"])
    assert {row["intent_key"]: row["state"] for row in desk.shop.all(outbox)}[key] == "dead"
    assert any("Push again ·" in text for text in texts(screen))


def refused_upload(desk: DeskWorld) -> tuple[int, str]:
    """A shipment of order 900 that the platform refused: its case and the upload's key."""
    order = desk.shop.order("900")
    with desk.shop.book.work(worker("sync")) as work:
        where = {"channel_id": order["channel_id"], "order_id": order["id"]}
        put(work, Effect("ship_writeback", "ship-900", **where))
        row = work.rows(select(outbox).where(outbox.c.intent_key == "ship-900"))[0]
        refused(work, desk.shop.door.laws.now, row, "sync_rejected", "no such order")
        work.tell("effect_settled", "outbox", row["id"])
        work.commit()
    (opened,) = [row for row in desk.shop.all(case) if row["subject"] == "ship-900"]
    return opened["id"], "ship-900"
