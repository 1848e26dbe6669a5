"""Each of the four causes is told when it holds, and only then."""

from dataclasses import replace

import pytest

from app.domain.sync_causes import UNHEARD_MS, WAITS_MS, Cause, Strain, causes_of

NOW = 1_800_000_000_000
WELL = Strain(
    up=True,
    error="",
    throttled=0,
    limit_left=40,
    due_since=NOW - WAITS_MS,
    can_push=True,
    told_at=NOW - UNHEARD_MS,
    last_event_at=NOW,
    dead=0,
)


@pytest.mark.req("F060")
@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        ({"up": False, "error": "sync_throttled"}, Cause.CALL_LIMITS),
        ({"throttled": 1}, Cause.CALL_LIMITS),
        ({"limit_left": 0}, Cause.CALL_LIMITS),
        ({"due_since": NOW - WAITS_MS - 1}, Cause.CAPACITY),
        ({"told_at": None}, Cause.NO_LISTENER),
        ({"told_at": NOW - UNHEARD_MS - 1}, Cause.NO_LISTENER),
        ({"dead": 1}, Cause.NO_RETRY),
    ],
)
def test_each_cause_is_told_by_its_own_sign(seen: dict[str, object], cause: Cause) -> None:
    assert causes_of(WELL, NOW) == ()
    assert causes_of(replace(WELL, **seen), NOW) == (cause,)  # type: ignore[arg-type]


def test_the_taxonomy_has_these_four() -> None:
    assert [*Cause] == ["call_limits", "capacity", "no_listener", "no_retry"]


def test_what_is_no_cause_is_not_called_one() -> None:
    gone = replace(WELL, up=False, error="sync_unreachable", due_since=NOW - 10 * WAITS_MS)
    assert causes_of(gone, NOW) == (), "work waits for a side that does not answer"
    polled = replace(WELL, can_push=False, told_at=None)
    assert causes_of(polled, NOW) == (), "nobody could listen there"
    unread = replace(WELL, limit_left=None, due_since=None, last_event_at=None)
    assert causes_of(unread, NOW) == ()
