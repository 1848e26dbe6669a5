"""Search tokens: quick, only for a known session, so many a minute, and counted in the record."""

from pathlib import Path

import pytest

from app.commands.people import Tokenise
from app.domain.actor import worker
from app.domain.errors import NotSignedIn, QuotaSpent
from app.keeper.room import Room
from app.keeper.search_desk import MOST_A_MINUTE, SearchDesk
from app.keeper.writer import Writer
from app.store.tables_record import audit
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock, SeededRng


@pytest.fixture
def sight(tmp_path: Path) -> Sight:
    return Sight(tmp_path, FixedClock(), CountingIds())


@pytest.fixture
def desk(sight: Sight) -> SearchDesk:
    shop = sight.shop
    room = Room(shop.book, Writer(), shop.door.laws, sight.clock, SeededRng(), lambda _: None)
    return SearchDesk(room)


def test_a_session_the_door_does_not_know_gets_no_tokens(sight: Sight, desk: SearchDesk) -> None:
    session = sight.shop.sessions["agent"]
    with pytest.raises(NotSignedIn):
        desk.tokens(session, Tokenise("张伟"))
    desk.let_in(session)
    assert desk.tokens(session, Tokenise("张伟")).names
    desk.shut(session)
    with pytest.raises(NotSignedIn):
        desk.tokens(session, Tokenise("张伟"))


def test_trust_ends_after_a_minute(sight: Sight, desk: SearchDesk) -> None:
    desk.let_in("7")
    sight.clock.advance(61_000)
    with pytest.raises(NotSignedIn):
        desk.tokens("7", Tokenise("张伟"))


def test_searching_too_often_waits_and_is_counted(sight: Sight, desk: SearchDesk) -> None:
    session = sight.shop.sessions["agent"]
    desk.let_in(session)
    for _ in range(MOST_A_MINUTE):
        desk.tokens(session, Tokenise("张伟"))
    with pytest.raises(QuotaSpent):
        desk.tokens(session, Tokenise("张伟"))
    with sight.shop.book.work(worker("timer")) as work:
        desk.write_down(work)
        work.commit()
    told = [row for row in sight.shop.all(audit) if row["action"] == "searched"]
    assert [row["object_id"] for row in told] == [int(session)]
    assert f'"n":{MOST_A_MINUTE}' in told[0]["detail_json"]
