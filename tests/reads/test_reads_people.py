"""The list of staff is for those who manage people everywhere; one's own card is for everybody."""

from base64 import b32decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from app.commands.approvals import ConfirmFactor, EnrolFactor, PrintCodes
from app.commands.cases import ExportOrders
from app.commands.people import SetPin, SetRoles
from app.commands.staff import (
    AddDepartment,
    IssueBadge,
    MarkLeft,
    RecordReview,
    ResetPassphrase,
    SetDepartmentShops,
)
from app.domain.approval import COOLING_MS
from app.reads import board, exports, factors, people
from app.reads.board import View
from app.reads.viewer import Viewer, viewer_of
from tests.operations.outbound_world import PASSPHRASE, record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

ROLES = ("agent", "packer", "lead", "finance", "auditor", "admin", "staff", "owner", "nobody")
MANAGERS = {"admin", "owner"}
READS: dict[str, Callable[[Sight, Viewer], Any]] = {
    "staff": lambda s, v: people.staff(s.read, v, s.clock.now()),
    "departments": lambda s, v: people.departments(s.read, v),
    "places": lambda s, v: people.places(s.read, v),
    "reviews": lambda s, v: people.reviews(s.read, v),
}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    made = Sight(tmp_path, clock, ids)
    for role in ROLES:
        if role not in made.shop.sessions:
            made.shop.hire(role, *(() if role == "nobody" else (role,)))
    made.shop.one_suffices()  # how two people consent has its own tests
    made.shop.receive(record("701"))
    made.team = made.shop.do("owner", AddDepartment("Team A"))["id"]
    made.shop.do("owner", SetDepartmentShops(made.team, (made.shop.channel_id,), "theirs"))
    made.shop.do("owner", RecordReview("looked over"))
    yield made
    made.close()


def person(sight: Sight, login: str) -> people.StaffRow:
    rows = people.staff(sight.read, sight.viewer("owner"), sight.clock.now())
    return next(row for row in rows if row.login == login)


@pytest.mark.req("F095", "F177")
@pytest.mark.parametrize("role", ROLES)
def test_the_staff_is_listed_for_those_who_manage_people_and_for_nobody_else(
    sight: Sight, role: str
) -> None:
    viewer = sight.viewer(role)
    for name, read in READS.items():
        assert bool(read(sight, viewer)) == (role in MANAGERS), name
    mine = people.myself(sight.read, viewer)
    assert mine is not None
    assert mine.login == role


def test_an_administrator_of_one_shop_does_not_see_the_whole_staff(sight: Sight) -> None:
    sight.shop.hire("part", f"admin@shop:{sight.shop.channel_id}")
    viewer = sight.viewer("part")
    assert viewer.may("user.manage")
    assert not [name for name, read in READS.items() if read(sight, viewer)]


@pytest.mark.req("F177")
def test_the_list_says_roles_scopes_last_seen_and_what_is_odd(sight: Sight) -> None:
    agent = person(sight, "agent").id
    given = ("lead", f"agent@department:{sight.team}", f"packer@warehouse:{sight.shop.location_id}")
    sight.shop.do("agent", SetPin(PASSPHRASE, "8305"))
    sight.shop.do("owner", IssueBadge(agent))
    sight.shop.do("owner", SetRoles(agent, given, "moved"))
    row = person(sight, "agent")
    assert tuple(map(str, row.grants)) == given
    assert [one.where for one in row.grants] == ["", "Team A", "Main"]
    assert (row.seen_at, row.here, row.pin, row.badge) == (sight.clock.now(), 1, 1, 1)
    sight.shop.do("owner", ResetPassphrase(agent))
    row = person(sight, "agent")
    assert (row.must_change, row.here, row.pin, row.badge) == (1, 0, 0, 1)
    sight.shop.do("owner", MarkLeft(agent, "last day"))
    row = person(sight, "agent")
    assert (row.state, row.left_at, row.grants) == ("left", sight.clock.now(), ())
    assert people.departments(sight.read, sight.viewer("owner"))[0].people == 0


@pytest.mark.req("F177")
def test_the_desk_of_who_has_left_shows_nothing_at_the_next_look(sight: Sight) -> None:
    viewer = sight.viewer("agent")
    assert board.page(sight.read, viewer, View())
    roles, now = sight.shop.door.laws.now.roles, sight.clock.now()
    sight.shop.do("owner", MarkLeft(viewer.operator_id, "last day"))
    assert viewer_of(sight.read, roles, sight.shop.sessions["agent"], now) is None


def test_everybody_sees_how_their_own_second_factor_stands_and_nobody_anothers(
    sight: Sight,
) -> None:
    begun = sight.shop.do("agent", EnrolFactor())
    assert factors.mine(sight.read, sight.viewer("agent")) == factors.MyFactor()
    app = TOTP(b32decode(begun["secret"].replace(" ", "")), 6, SHA1(), 30)
    code = app.generate(sight.clock.now() // 1000).decode()
    sight.shop.do("agent", ConfirmFactor(code))
    sight.shop.do("packer", PrintCodes())
    now = sight.clock.now()
    mine = factors.mine(sight.read, sight.viewer("agent"))
    assert mine == factors.MyFactor(now, now + COOLING_MS, 10)
    assert mine.is_on
    assert factors.mine(sight.read, sight.viewer("packer")) == factors.MyFactor(codes=10)
    for role in ("owner", "admin", "nobody"):
        assert factors.mine(sight.read, sight.viewer(role)) == factors.MyFactor(), role


def test_what_somebody_took_out_in_a_day_is_counted_for_themselves(
    sight: Sight, tmp_path: Path
) -> None:
    sight.shop.do("owner", ExportOrders("to_review", str(tmp_path / "one.csv"), "look"))
    sight.shop.do("owner", ExportOrders("to_print", str(tmp_path / "two.csv"), "look"))
    now, taken = sight.clock.now(), exports.taken_lately
    assert taken(sight.read, sight.viewer("owner"), now) == 1
    assert taken(sight.read, sight.viewer("finance"), now) == 0
    assert taken(sight.read, sight.viewer("owner"), now + exports.DAY_MS) == 0


def test_who_may_only_ask_is_told_apart_from_who_may_and_who_may_not(sight: Sight) -> None:
    asks = {role: sight.viewer(role).may_ask("export.bulk") for role in ROLES}
    assert {role for role, may in asks.items() if may} == {"lead", "finance", "admin", "owner"}
    assert not sight.viewer("lead").may("export.bulk")
    assert sight.viewer("owner").may("export.bulk")
