"""The chain of the record shows an edit, a gap, a swap and a cut end; and is kept long enough."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain import audit
from app.domain.audit import Breach, Broken, Head, Link
from app.domain.errors import RetentionTooShort


def mac(before, body):
    return hmac.new(b"key of the record", before + body, hashlib.sha256).digest()


def chain(bodies):
    head, links = Head(), []
    for body in bodies:
        links.append(audit.append(head, body, mac))
        head = Head(links[-1].seq, links[-1].hash)
    return links


BODIES = st.lists(st.binary(max_size=20), min_size=2, max_size=12)


@pytest.mark.req("F172")
@given(BODIES, st.data())
def test_an_edited_line_is_named(bodies, data):
    links = chain(bodies)
    assert audit.verify(links, mac) is None
    at = data.draw(st.integers(0, len(links) - 1))
    changed = data.draw(st.binary(max_size=20))
    assume(changed != links[at].body)
    links[at] = replace(links[at], body=changed)
    assert audit.verify(links, mac) == Broken(at + 1, Breach.EDITED)


@pytest.mark.req("F172")
@given(BODIES, st.data())
def test_a_deleted_line_is_named(bodies, data):
    links = chain(bodies)
    at = data.draw(st.integers(0, len(links) - 2))
    del links[at]
    assert audit.verify(links, mac) == Broken(at + 1, Breach.MISSING)


@pytest.mark.req("F172")
@given(BODIES, st.data())
def test_swapped_lines_are_named_even_when_renumbered(bodies, data):
    links = chain(bodies)
    at = data.draw(st.integers(0, len(links) - 2))
    one, two = links[at], links[at + 1]
    links[at], links[at + 1] = two, one
    assert audit.verify(links, mac).seq == at + 1
    links[at], links[at + 1] = replace(two, seq=one.seq), replace(one, seq=two.seq)
    found = audit.verify(links, mac)
    assert found == Broken(at + 1, Breach.UNLINKED)


def test_a_line_out_of_its_turn_is_reordered_not_missing():
    links = chain([b"1", b"2", b"3"])
    assert audit.verify([*links, links[1]], mac) == Broken(2, Breach.REORDERED)


@pytest.mark.req("F172")
def test_a_new_line_forged_without_the_key_is_named():
    links = chain([b"1", b"2"])
    forged = Link(3, b"3", links[-1].hash, hashlib.sha256(b"3").digest())
    assert audit.verify([*links, forged], mac) == Broken(3, Breach.EDITED)


@pytest.mark.req("F172")
def test_a_cut_end_and_a_rewritten_history_show_against_a_witness():
    links = chain([b"1", b"2", b"3"])
    seen = Head(3, links[2].hash)
    assert audit.verify(links, mac, seen=[seen]) is None
    assert audit.verify(links[:2], mac, seen=[seen]) == Broken(3, Breach.CUT)
    assert audit.verify([], mac, seen=[seen]) == Broken(1, Breach.CUT)
    rewritten = chain([b"1", b"2", b"other"])
    assert audit.verify(rewritten, mac, seen=[seen]) == Broken(3, Breach.REWRITTEN)


def test_a_pruned_chain_is_verified_from_the_head_it_left():
    links = chain([b"1", b"2", b"3"])
    start = Head(1, links[0].hash)
    assert audit.verify(links[1:], mac, start=start) is None
    assert audit.verify(links[1:], mac) == Broken(1, Breach.MISSING)
    wrong = Head(1, b"\x01" * 32)
    assert audit.verify(links[1:], mac, start=wrong) == Broken(2, Breach.UNLINKED)


@pytest.mark.req("F097")
def test_the_record_is_never_pruned_before_180_days():
    now = 1_771_214_400_000
    for days in (-1, 0, 179):
        with pytest.raises(RetentionTooShort) as refused:
            audit.prune_before(now, days)
        assert refused.value.details == {"days": days, "least": 180}
    assert now - audit.prune_before(now, 180) == 180 * 86_400_000
    assert audit.DEFAULT_DAYS == 400
