"""However late a list shows an order within ten minutes, a round meets it; few read far back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.overlap import FAR_EVERY_MS, FAR_MS, LATE_MS, SHORT_MS, next_since

MINUTE = 60_000
NOON = 1_763_985_600_000


def rounds(pauses_ms: list[int]) -> list[tuple[int, int]]:
    """Where each round began and when it was over, one after another."""
    ended, far, done = NOON, 0, []
    for pause in pauses_ms:
        since, far = next_since(ended, far)
        ended += pause
        done.append((since, ended))
    return done


@settings(max_examples=50)
@given(
    st.lists(st.integers(10_000, 60_000), min_size=60, max_size=90),
    st.integers(0, 9 * MINUTE),
    st.integers(0, 20 * MINUTE),
)
def test_what_a_list_shows_nine_minutes_late_is_met(pauses, late_ms, at_ms) -> None:
    changed = NOON + at_ms
    shown = changed + late_ms
    meet = [1 for since, ended in rounds(pauses) if since <= changed and ended >= shown]
    assert meet or shown > NOON + sum(pauses) - FAR_EVERY_MS - MINUTE


def test_a_round_in_five_minutes_goes_far_back_and_the_others_do_not() -> None:
    spans = [ended - since for since, ended in rounds([30_000] * 40)]
    assert [span for span in spans if span > SHORT_MS + 30_000] == [FAR_MS + 30_000] * 4
    assert FAR_MS == LATE_MS + FAR_EVERY_MS


def test_a_clock_that_was_set_back_makes_the_next_round_go_far_back() -> None:
    assert next_since(NOON, NOON + MINUTE) == (NOON - FAR_MS, NOON)


def test_a_shop_that_is_read_hourly_goes_far_back_each_time() -> None:
    spans = [ended - since for since, ended in rounds([60 * MINUTE] * 3)]
    assert spans == [FAR_MS + 60 * MINUTE] * 3
