"""Who may do what, cell by cell, from a list written apart from roles.toml."""

import copy
import tomllib

import pytest

from app import rulebook
from app.domain.errors import BadValue, RuleRefused
from app.domain.roles import (
    WHOLE_SHOP,
    Grant,
    Level,
    Place,
    Reach,
    ScopeKind,
    grant_from,
    roles_from,
)

ROLES = ("agent", "packer", "lead", "finance", "auditor", "admin", "staff", "owner", "worker")
# One letter a role, in that order: x may, r may ask for it, - neither.
CELLS = """
order.read           x x x x x x x x -
trace.read           x x x x x x x x -
exception.read       x x x x x x x x -
desk.use             x x x x x x x x -
desk.setup           - x x - - x x x -
sync.now             x - x - - x x x -
order.note           x - x - - - x x -
order.tag            x - x - - - x x -
order.memo           x - x - - - x x -
order.review         x - x - - - x x x
order.hold           x - x - - - x x -
order.release        x - x - - - x x -
order.cancel         r - x - - - r x -
order.cancel_lines   r - x - - - r x -
order.force_status   - - x - - - - x -
order.create_manual  - - x - - - - x -
address.edit         x - x - - - x x -
case.claim           x - x - - - x x -
case.settle          x - x - - - x x x
support.read         - - x - - x - x -
catalogue.read       x x x x - x x x -
catalogue.edit       - - x - - x - x -
payment.read         - - x x - - - x -
payment.confirm      - - - x - - - x x
refund.request       r - x - - - r x -
amount.change        - - - x - - - x -
pick.scan            - x x - - - x x -
pack.scan            - x x - - - x x -
pack.force           - r x - - - r x -
label.print          - x x - - - x x x
label.reprint        - r x - - - r x -
label.save           - - x - - - - x -
waybill.create       - x x - - - x x x
waybill.type_manual  - r x - - - r x -
waybill.void         - r x - - - r x -
waybill.resolve_unknown - - x - - - - x -
stock.read           x x x x - x x x -
stock.adjust         - - x - - - - x -
stock.count          - - x - - - - x -
breaker.close        - - x - - - - x -
import.orders        - - x - - - - x -
intake.retry         - - x - - x - x -
outbox.retry         - - x - - x - x x
mapping.edit         - - x - - x - x -
sync.schedule        - - x - - x - x -
pii.reveal           x - x - - - x x -
pii.decrypt_batch    - - r - - x - x -
pii.subject_find     - - - - - x - x -
pii.subject_export   - - - - - x - x -
pii.subject_erase    - - - - - x - x -
export.bulk          - - r x - x - x -
audit.read           - - - - x x - x -
audit.verify         - - - - x - - x -
audit.export         - - - - x - - x -
user.manage          - - - - - x - x -
role.grant           - - - - - x - x -
channel.connect      - - - - - x - x -
key.rotate           - - - - - x - x -
backup.make          - - - - - x - x x
backup.restore       - - - - - x - x -
settings.edit        - - - - - x - x -
kit.read             - - - - - x - x -
shop.go_live         - - - - - - - x -
sync.apply           - - - - - - - - x
timer.run            - - - - - - - - x
"""
LETTER = {"x": Level.FULL, "r": Level.ASK, "-": Level.NONE}
TABLE = {
    (role, words[0]): LETTER[cell]
    for words in (line.split() for line in CELLS.strip().splitlines())
    for role, cell in zip(ROLES, words[1:], strict=True)
}


@pytest.fixture(scope="module")
def law():
    return rulebook.load().roles


@pytest.mark.req("F095", "F096", "F173")
@pytest.mark.parametrize(("role", "permission"), list(TABLE))
def test_a_role_goes_exactly_as_far_as_written_down_here(law, role, permission):
    assert law.level([Grant(role)], permission) is TABLE[role, permission]
    assert law.may([Grant(role)], permission) == (TABLE[role, permission] is Level.FULL)


@pytest.mark.req("F095", "F173")
def test_there_is_no_role_and_no_permission_beside_these(law):
    assert set(law.roles) == set(ROLES)
    assert set(law.permissions) == {permission for _, permission in TABLE}


REASON = """address.edit order.cancel order.cancel_lines order.force_status order.create_manual
payment.confirm refund.request amount.change pack.force label.reprint label.save waybill.type_manual
waybill.void waybill.resolve_unknown stock.adjust stock.count breaker.close mapping.edit pii.reveal
pii.decrypt_batch pii.subject_export pii.subject_erase export.bulk audit.export
role.grant key.rotate backup.restore kit.read"""
TWO = """payment.confirm order.force_status order.create_manual amount.change
waybill.resolve_unknown pii.decrypt_batch pii.subject_export pii.subject_erase export.bulk
role.grant key.rotate"""
AFRESH = """pii.reveal pii.decrypt_batch pii.subject_export pii.subject_erase export.bulk
user.manage role.grant channel.connect key.rotate backup.restore kit.read"""


@pytest.mark.req("F049")
def test_a_reason_a_second_person_and_a_fresh_sign_in_are_asked_for_exactly_here(law):
    def marked(flag):
        return {name for name, one in law.permissions.items() if getattr(one, flag)}

    assert marked("reason") == set(REASON.split())
    assert marked("two_people") == set(TWO.split())
    assert marked("step_up") == set(AFRESH.split())


def test_roles_add_up_and_nothing_takes_away(law):
    both = [Grant("packer"), Grant("finance")]
    assert law.may(both, "label.print")
    assert law.may(both, "payment.confirm")
    assert not law.may(both, "address.edit")


def test_a_person_without_a_role_or_with_an_unknown_one_may_nothing(law):
    assert not any(law.may([], name) for name in law.permissions)
    assert not any(law.may([Grant("king")], name) for name in law.permissions)
    assert not law.may([Grant("owner")], "order.delete")


SHOP, DEPARTMENT, WAREHOUSE = (
    Grant("lead", ScopeKind.SHOP, 5),
    Grant("lead", ScopeKind.DEPARTMENT, 70, frozenset({5, 6})),
    Grant("lead", ScopeKind.WAREHOUSE, 9),
)
# Where each of them may cancel: shop 5 here, shop 6 there, shop 7 nowhere; 9 and 8 are warehouses.
COVERED = {
    (5, 0): (SHOP, DEPARTMENT),
    (6, 0): (DEPARTMENT,),
    (7, 0): (),
    (7, 9): (WAREHOUSE,),
    (5, 9): (SHOP, DEPARTMENT, WAREHOUSE),
    (5, 8): (SHOP, DEPARTMENT),
    (0, 9): (WAREHOUSE,),
    (0, 0): (),
}


@pytest.mark.req("F175")
@pytest.mark.parametrize("grant", [SHOP, DEPARTMENT, WAREHOUSE], ids=str)
@pytest.mark.parametrize("place", list(COVERED), ids=str)
def test_a_role_speaks_about_its_own_part_and_never_about_the_whole_shop(law, grant, place):
    covers = grant in COVERED[place]
    assert law.may([grant], "order.cancel", Place(*place)) == covers
    assert law.reach([grant], "order.cancel").covers(Place(*place)) == covers
    assert law.may([Grant("lead")], "order.cancel", Place(*place))


@pytest.mark.req("F175")
def test_what_is_about_nobodys_order_is_allowed_with_a_part_and_only_there(law):
    anywhere = {name for name, one in law.permissions.items() if one.anywhere}
    assert anywhere == {"order.read", "desk.use", "desk.setup", "label.print", "pack.scan"}
    assert law.may([SHOP], "desk.use")
    assert not law.may([SHOP], "order.cancel")
    assert not law.may([SHOP], "desk.use", Place(channel_id=6))
    assert not law.may([], "desk.use")


def test_scopes_add_up_and_an_empty_department_covers_nothing(law):
    reach = law.reach([SHOP, WAREHOUSE, Grant("finance")], "order.cancel")
    assert reach == Reach(False, frozenset({5}), frozenset({9}))
    assert law.reach([SHOP, Grant("lead")], "order.cancel").everywhere
    nobody = Grant("lead", ScopeKind.DEPARTMENT, 70)
    assert not law.reach([nobody], "order.cancel")
    assert not law.may([nobody], "order.cancel", Place(channel_id=5))
    assert not law.may([nobody], "order.cancel", WHOLE_SHOP)


@pytest.mark.parametrize("grant", [SHOP, DEPARTMENT, WAREHOUSE, Grant("lead")], ids=str)
def test_a_grant_is_written_and_read_back(grant):
    read = grant_from(str(grant))
    assert (read.role, read.scope, read.scope_id) == (grant.role, grant.scope, grant.scope_id)


@pytest.mark.parametrize("text", ["lead@", "lead@shop:", "lead@shop:-1", "lead@city:5", "@x:y"])
def test_a_scope_nobody_knows_is_refused(text):
    with pytest.raises(BadValue):
        grant_from(text)


def test_a_packer_sees_released_orders_only_until_another_role_sees_more(law):
    def whole(*grants):
        return law.reach(grants, "order.read", whole=True)

    assert not whole(Grant("packer"))
    assert whole(Grant("packer"), Grant("agent")).everywhere
    shop = whole(Grant("packer", ScopeKind.SHOP, 5), Grant("agent", ScopeKind.SHOP, 6))
    assert shop.shops == {6}
    assert law.reach([Grant("packer")], "order.read", whole=False).everywhere


def test_waydesks_own_part_is_given_to_nobody(law):
    assert [role.name for role in law.roles.values() if not role.grantable] == ["worker"]


def changed(where, **changes):
    with (rulebook.RESOURCES / "rules" / "roles.toml").open("rb") as file:
        table = copy.deepcopy(tomllib.load(file))
    table[where][1].update(changes)
    return table


@pytest.mark.parametrize(
    ("where", "changes", "word"),
    [
        ("role", {"may": ["order.fly"]}, "order.fly"),
        ("role", {"may_ask": ["order.fly"]}, "order.fly"),
        ("role", {"includes": ["owner"]}, "owner"),
        ("role", {"power": 9}, "power"),
        ("role", {"name": "agent"}, "agent"),
        ("permission", {"name": "order.read"}, "order.read"),
        ("permission", {"zh": ""}, "zh"),
        ("permission", {"secret": True}, "secret"),
        ("permission", {"reason": "yes"}, "reason"),
        ("role", {"grantable": "no"}, "grantable"),
    ],
)
def test_a_word_that_is_not_in_the_law_is_refused_by_name(where, changes, word):
    with pytest.raises(RuleRefused) as refused:
        roles_from(changed(where, **changes), "roles.toml")
    assert refused.value.details["word"] == word


def test_a_table_misspelt_as_a_whole_is_not_passed_over():
    table = changed("role")
    with pytest.raises(RuleRefused) as refused:
        roles_from(table | {"rolls": []}, "roles.toml")
    assert refused.value.details["word"] == "rolls"
