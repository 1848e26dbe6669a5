"""A parcel nobody scans is said to the warehouse lead, each carrier after its own time (F184)."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from app.commands.orders import SetPolicy
from app.domain.actor import worker
from app.domain.errors import NotAllowed, RuleRefused
from app.operations import tracking
from app.store.tables import orders, parcel
from app.store.tables_record import audit, case
from app.store.work import Book
from tests.operations.outbound_world import Shop, record
from tests.operations.test_operations_mail import Office, office
from tests.worlds import FixedClock

HOUR = 3_600_000


def ship(shop: Shop, **carriers: str) -> None:
    """Orders that left now, each with a number of its carrier and no scan."""
    shop.receive(*(record(one.removeprefix("n")) for one in carriers))
    shop.flow()
    rows = {f"n{row['external_id']}": row["id"] for row in shop.all(orders)}
    with shop.book.work(worker("test")) as work:
        for one, carrier in carriers.items():
            number = f"{carrier.upper()}-{one}"
            values = {"carrier": carrier, "waybill_no": number, "shipped_at": work.now}
            work.update(orders, rows[one], state="shipped", **values)
            for box in work.of(parcel, "order_id", rows[one]):
                work.update(parcel, box["id"], state="shipped")
        work.tell("shipped")
        work.commit()


def late(shop: Shop) -> set[str]:
    """Look for parcels without a scan; the numbers that stand as exceptions afterwards."""
    with shop.book.work(worker("timer")) as work:
        tracking.overdue(work, shop.door.laws.now)
        work.tell("looked")
        work.commit()
    found = [row for row in shop.all(case) if row["kind"] == "pickup_overdue"]
    return {row["args_json"].split('"waybill_no":"')[1].split('"')[0] for row in found}


def mails(desk: Office) -> list[tuple[str, str, str]]:
    """To whom, about what, and what they say: the mails about parcels alone."""
    read = [message_from_bytes(one.content, policy=default) for one in desk.sandbox.taken]
    told = [(m["To"], m["Subject"], m.get_content()) for m in read]
    return [one for one in told if "无揽收" in one[1]]


@pytest.mark.req("F184")
async def test_each_carrier_has_its_own_time_and_a_day_unless_the_shop_says_otherwise(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        shop = desk.shop
        shop.do("owner", SetPolicy("pickup_hours", "sf=6, zto=48"))
        ship(shop, n1="sf", n2="zto", n3="yto")
        clock.advance(6 * HOUR - 1)
        assert late(shop) == set()
        clock.advance(1)
        assert late(shop) == {"SF-n1"}
        clock.advance(18 * HOUR)
        assert late(shop) == {"SF-n1", "YTO-n3"}
        clock.advance(24 * HOUR)
        assert late(shop) == {"SF-n1", "YTO-n3", "ZTO-n2"}


@pytest.mark.req("F184")
async def test_the_warehouse_lead_is_mailed_once_an_hour_about_what_is_new(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.set()
        desk.shop.do("owner", SetPolicy("pickup_mail_to", "lead@example.org"))
        ship(desk.shop, n1="sf", n2="sf")
        clock.advance(24 * HOUR)
        late(desk.shop)
        await desk.look()
        ((to, subject, text),) = mails(desk)
        assert to == "lead@example.org"
        assert "2 个包裹" in subject
        assert "SF-n1" in text
        assert "SF-n2" in text
        ship(desk.shop, n3="sf")
        clock.advance(24 * HOUR - 1)
        late(desk.shop)
        await desk.look()
        assert len(mails(desk)) == 1, "nothing new is late"
        clock.advance(1)
        late(desk.shop)
        await desk.look()
        await desk.look()
        assert len(mails(desk)) == 2
        assert "SF-n3" in mails(desk)[1][2]
        assert "SF-n1" not in mails(desk)[1][2], "what was said is not said again"


@pytest.mark.req("F184")
async def test_two_that_are_late_within_an_hour_are_two_mails_an_hour_apart(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.set()
        ship(desk.shop, n1="sf")
        clock.advance(HOUR // 2)
        ship(desk.shop, n2="sf")
        clock.advance(23 * HOUR + HOUR // 2)
        late(desk.shop)
        await desk.look()
        clock.advance(HOUR // 2)
        late(desk.shop)
        await desk.look()
        assert [one[0] for one in mails(desk)] == ["owner@example.org"]
        clock.advance(HOUR // 2)
        await desk.look()
        assert len(mails(desk)) == 2


@pytest.mark.req("F184")
@pytest.mark.parametrize("text", ["sf", "sf=0", "sf=721", "sf=1,sf=2", "SF=3", "sf=1;zto=2"])
async def test_a_time_that_is_none_is_refused_and_a_change_is_in_the_record(
    book: Book, clock: FixedClock, tmp_path: Path, text: str
) -> None:
    async with office(book, clock, tmp_path) as desk:
        with pytest.raises(RuleRefused):
            desk.shop.do("owner", SetPolicy("pickup_hours", text))
        with pytest.raises(NotAllowed):
            desk.shop.do("lead", SetPolicy("pickup_hours", "sf=6"))
        desk.shop.do("owner", SetPolicy("pickup_hours", "sf=6"))
        told = [(row["action"], row["result"]) for row in desk.shop.all(audit)]
        assert told[-3:] == [
            ("policy_set", "failed"),
            ("policy_set", "denied"),
            ("policy_set", "ok"),
        ]
