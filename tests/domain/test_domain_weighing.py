"""A weight counts when it stands still, and for one parcel only."""

import pytest

from app.domain.weighing import LEAST_G, STILL_MS, Pan, Reading, read


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ST,GS,+  1.820kg", Reading(1820, True)),
        ("US,NT,+  1.8 kg", Reading(1800, False)),
        ("ST,GS,-  0.004kg", Reading(0, True)),
        ("S S      1.820 kg", Reading(1820, True)),
        ("S D      1.812 kg", Reading(1812, False)),
        ("   980 g", Reading(980, None)),
        ("ST,GS,+  2.00lb", Reading(907, True)),
        ("OL", None),
        ("ST,GS,+ 9999.999kg", None),
        ("S I", None),
        ("", None),
        ("\x00\xff1.82", None),
    ],
)
def test_a_line_of_a_scale_is_a_weight_in_grams_or_nothing(line: str, said: Reading | None) -> None:
    assert read(line) == said


def put(pan: Pan, *grams: int, at: int = 0, still: bool | None = None) -> int:
    for n, one in enumerate(grams):
        pan.put(Reading(one, still), at + n * 200)
    return at + len(grams) * 200


def test_a_scale_that_says_nothing_of_stillness_is_still_after_a_while() -> None:
    pan = Pan()
    put(pan, 1820, 1821)
    assert pan.weight() == 0
    put(pan, 1820, at=STILL_MS)
    assert pan.weight() == 1820


def test_a_moving_or_empty_scale_weighs_nothing() -> None:
    pan = Pan()
    put(pan, 1820, 1820, 1820, 1820, still=False)
    assert pan.weight() == 0
    put(pan, LEAST_G - 1, at=2000, still=True)
    assert pan.weight() == 0


def test_a_weight_taken_is_never_the_next_parcels_until_the_pan_changed() -> None:
    pan = Pan()
    at = put(pan, 1820, still=True)
    assert pan.weight() == 1820
    pan.take()
    at = put(pan, 1821, 1819, 1820, at=at, still=True)
    assert pan.weight() == 0
    at = put(pan, 0, at=at, still=True)
    put(pan, 1820, at=at, still=True)
    assert pan.weight() == 1820
