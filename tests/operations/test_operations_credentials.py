"""Keys of shops and carriers grow old in sight, are replaced, and are forgotten when unused."""

from pathlib import Path

import pytest

from app.commands.orders import SetMemo
from app.commands.people import SignIn
from app.commands.privacy import RenewCredentials, RetireCredentials
from app.commands.schedule import CheckConnection
from app.domain.errors import BadValue, NotAllowed, NotInState, ReasonNeeded
from app.keeper.credential_watch import CredentialWatch
from app.keeper.room import Room
from app.keeper.writer import Writer
from app.operations import waybill_answers, waybill_intents
from app.reads import credentials as reads
from app.reads.credentials import CredentialRow
from app.store import accounts, shops
from app.store.tables import carrier_account, channel
from app.store.tables_privacy import credential
from app.store.tables_record import audit, case
from app.store.work import Book
from sync.engine import Health
from tests.operations.outbound_world import PASSPHRASE, Shop, answer, open_shop, record
from tests.reads.reading_world import Sight
from tests.worlds import MEI, CountingIds, FixedClock, SeededRng

DAY = 86_400_000
SECRET = "cs_0123456789abcdef"


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "admin", "owner", "lead")
    with book.work(MEI) as work:
        row = work.row(channel, made.channel_id)
        same = {name: row[name] for name in ("platform", "name", "zone", "currency")}
        shops.put_shop(work, same, {"address": "https://shop.example", "consumer_secret": SECRET})
        work.tell("channel_connected", "channel", made.channel_id)
        work.commit()
    return made


def ages(shop: Shop) -> dict[str, tuple[int, int | None, int | None]]:
    rows = shop.all(credential)
    return {row["kind"]: (row["put_at"], row["used_at"], row["good_at"]) for row in rows}


async def look(shop: Shop, health: Health) -> None:
    writer = Writer()
    book = shop.book
    room = Room(book, writer, shop.door.laws, book.clock, SeededRng(), lambda _changed: None)
    await CredentialWatch(room, lambda: {shop.channel_id: health}).round()
    writer.close()


@pytest.mark.req("F098")
async def test_a_key_older_than_90_days_becomes_an_exception_until_new_ones_are_in(
    shop: Shop, clock: FixedClock
) -> None:
    up = Health("1", last_success_ms=clock.now())
    clock.advance(90 * DAY)
    await look(shop, up)
    assert shop.all(case) == []
    clock.advance(1)
    await look(shop, up)
    await look(shop, up)
    carrier = shop.all(carrier_account)[0]["id"]
    found = {row["subject"]: row for row in shop.all(case)}
    assert set(found) == {str(shop.channel_id), str(carrier)}
    assert '"days":90' in found[str(carrier)]["args_json"]
    for who in ("lead", "admin"):
        shop.sessions[who] = shop.do("", SignIn(who, PASSPHRASE))["session"]
    with pytest.raises(NotAllowed):
        shop.do("lead", RenewCredentials("carrier", carrier, {"checkword": "new"}))
    shop.do("admin", RenewCredentials("carrier", carrier, {"checkword": "new"}))
    shop.do("admin", RenewCredentials("channel", shop.channel_id, {"consumer_secret": "cs_new"}))
    assert {row["state"] for row in shop.all(case)} == {"settled"}
    with shop.book.work(MEI) as work:
        assert accounts.credentials_of(work, accounts.carriers(work)[0]) == {
            "partner_id": "X",
            "checkword": "new",
        }
        assert shops.fields_of(work, shop.channel_id)["address"] == "https://shop.example"
    assert {put for put, _used, _good in ages(shop).values()} == {clock.now()}
    assert "cs_new" not in str(shop.all(audit))


@pytest.mark.req("F098")
async def test_uses_are_noted_by_the_hour_and_only_good_ones_as_accepted(
    shop: Shop, clock: FixedClock
) -> None:
    begun = clock.now()
    await look(shop, Health("1", up=False))
    assert ages(shop)["channel"] == (begun, begun, None)
    clock.advance(30 * 60_000)
    await look(shop, Health("1", last_success_ms=clock.now()))
    assert ages(shop)["channel"] == (begun, clock.now(), clock.now())
    noted = clock.now()
    clock.advance(30 * 60_000)
    await look(shop, Health("1", last_success_ms=clock.now()))
    assert ages(shop)["channel"][1] == noted
    shop.receive(record())
    shop.flow()
    rules, order_id = shop.door.laws.now, shop.order()["id"]
    with shop.book.work(MEI) as work:
        pk = waybill_intents.take(work, rules, order_id)[0]
        waybill_answers.made_live(work, rules, pk, answer("WD"))
        work.tell("live")
        work.commit()
    assert ages(shop)["carrier"][2] == clock.now()


@pytest.mark.req("F098")
def test_keys_nobody_uses_are_forgotten_and_can_come_back(shop: Shop) -> None:
    with pytest.raises(ReasonNeeded):
        shop.do("admin", RetireCredentials("channel", shop.channel_id, " "))
    shop.receive(record())
    shop.do("owner", SetMemo(shop.order()["id"], "gift wrap"))
    with pytest.raises(NotInState, match="busy"):
        shop.do("admin", RetireCredentials("channel", shop.channel_id, "closed the shop"))
    carrier = shop.all(carrier_account)[0]["id"]
    shop.do("admin", RetireCredentials("carrier", carrier, "contract ended"))
    row = shop.all(carrier_account)[0]
    assert (row["state"], row["credentials_ct"]) == ("off", None)
    with shop.book.work(MEI) as work:
        assert accounts.carriers(work) == []
    with pytest.raises(NotInState, match="off"):
        shop.do("admin", RetireCredentials("carrier", carrier, "again"))
    shop.do("admin", RenewCredentials("carrier", carrier, {"partner_id": "Z", "checkword": "n"}))
    with shop.book.work(MEI) as work:
        assert accounts.credentials_of(work, accounts.carriers(work)[0])["partner_id"] == "Z"
    for fields in ({}, {"checkword": " "}):
        with pytest.raises(BadValue):
            shop.do("admin", RenewCredentials("carrier", carrier, fields))


@pytest.mark.req("F098")
def test_the_list_shows_ages_and_idle_keys_to_who_may_connect_and_no_key_to_anybody(
    tmp_path: Path, clock: FixedClock, ids: CountingIds
) -> None:
    sight = Sight(tmp_path, clock, ids)
    shop = sight.shop
    shop.hire("admin", "admin")
    carrier = shop.all(carrier_account)[0]["id"]
    shop.do("admin", RenewCredentials("carrier", carrier, {"checkword": SECRET}))
    rows = reads.listed(sight.read, sight.viewer("admin"))
    assert {row.kind for row in rows} == {"carrier", "channel"}
    mine = next(row for row in rows if row.kind == "carrier")
    assert (mine.platform, mine.name, mine.put_by, mine.used_at) == ("sf", "SF", "admin", None)
    assert (mine.days_old(clock.now() + 91 * DAY), mine.is_idle(clock.now())) == (91, False)
    assert mine.is_idle(clock.now() + 31 * DAY)
    assert SECRET not in str(rows)
    assert not any("ct" in name or "key" in name for name in CredentialRow.__slots__)
    for who in ("lead", "agent", "packer", "finance"):
        assert reads.listed(sight.read, sight.viewer(who)) == ()
    sight.close()


def test_a_kept_connection_may_be_checked_unless_its_keys_are_gone(shop: Shop) -> None:
    carrier = shop.all(carrier_account)[0]["id"]
    for ask in (CheckConnection(channel_id=shop.channel_id), CheckConnection(carrier_id=carrier)):
        assert shop.do("admin", ask) is None, "no key leaves the door"
    for odd in (CheckConnection(), CheckConnection(shop.channel_id, carrier)):
        with pytest.raises(BadValue):
            shop.do("admin", odd)
    shop.do("admin", RetireCredentials("carrier", carrier, "moved"))
    with pytest.raises(NotInState):
        shop.do("admin", CheckConnection(carrier_id=carrier))
