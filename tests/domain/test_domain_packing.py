"""What a scan means to a box, and how a code is read whatever keyboard it came through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.packing import TWICE_MS, Outcome, Piece, is_one_piece, judge, missing
from app.domain.scan_codes import SIGNS, CodeKind, code_of, is_same, read

BOX = (Piece("A", 2, 1), Piece("B", 1, 1), Piece("C", 3, 0))


@pytest.mark.parametrize(
    ("takes", "since_ms", "said"),
    [
        ({"A": 1}, None, Outcome.RIGHT),
        ({"A": 1}, TWICE_MS, Outcome.RIGHT),
        ({"A": 1}, TWICE_MS - 1, Outcome.TWICE),
        ({"B": 1}, None, Outcome.SURPLUS),
        ({"B": 1}, 10, Outcome.TWICE),
        ({"C": 4}, None, Outcome.SURPLUS),
        ({"A": 1, "C": 3}, None, Outcome.COMPLETE),
        ({"A": 1, "Z": 1}, None, Outcome.WRONG),
        ({"Z": 1}, 10, Outcome.WRONG),
        ({}, None, Outcome.WRONG),
    ],
)
def test_a_scan_is_right_surplus_double_or_foreign(
    takes: dict[str, int], since_ms: int | None, said: Outcome
) -> None:
    assert judge(BOX, takes, since_ms) is said


@given(st.lists(st.sampled_from("ABZ"), max_size=12))
@settings(max_examples=60, deadline=None)
def test_whatever_is_scanned_nothing_is_counted_beyond_what_is_wanted(scans: list[str]) -> None:
    box = {"A": Piece("A", 2), "B": Piece("B", 1)}
    for sku in scans:
        said = judge(tuple(box.values()), {sku: 1})
        left = missing(tuple(box.values()))
        if said in {Outcome.RIGHT, Outcome.COMPLETE}:
            box[sku] = Piece(sku, box[sku].wanted, box[sku].packed + 1)
        assert (said is Outcome.COMPLETE) == (left == 1 and missing(tuple(box.values())) == 0)
        assert all(one.packed <= one.wanted for one in box.values())


def test_one_thing_is_one_thing_whatever_is_counted() -> None:
    assert is_one_piece((Piece("A", 1, 1),))
    assert not is_one_piece((Piece("A", 2),))
    assert not is_one_piece((Piece("A", 1), Piece("B", 1)))


@given(st.sampled_from([CodeKind.ORDER, CodeKind.PARCEL]), st.text(SIGNS, min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_our_codes_are_read_back_in_any_case_and_never_with_one_sign_wrong(
    kind: CodeKind, body: str
) -> None:
    code = code_of(kind, body)
    assert read(f" {code.lower()}\r") == read(code)
    assert (read(code).kind, read(code).body) == (kind, body)
    for at in range(5, len(code)):
        other = SIGNS[(SIGNS.index(code[at]) + 1) % 36]
        assert read(code[:at] + other + code[at + 1 :]).kind is CodeKind.MISREAD


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SF1426008733101", CodeKind.FOREIGN),
        ("WD-27-WH", CodeKind.FOREIGN),
        ("WD:X:123", CodeKind.FOREIGN),
        ("WD:P:", CodeKind.MISREAD),
        ("WD:P:1", CodeKind.MISREAD),
        ("ＷＤ：Ｐ：Ａ", CodeKind.MISREAD),
        ("", CodeKind.FOREIGN),
    ],
)
def test_what_is_not_ours_is_taken_as_it_is(text: str, kind: CodeKind) -> None:
    assert read(text).kind is kind


@pytest.mark.parametrize(
    ("scanned", "known", "same"),
    [
        ("ln-27", "LN-27", True),
        ("0036000291452", "036000291452", True),
        ("4006381333931", "04006381333931", True),
        ("0123", "123", False),
        ("123", "0123", False),
        ("", "", False),
        ("LN-27", "LN-27G", False),
    ],
)
def test_a_code_is_the_same_in_any_case_and_with_the_noughts_of_its_longer_form(
    scanned: str, known: str, same: bool
) -> None:
    assert is_same(scanned, known) is same


def test_a_code_to_print_has_only_signs_every_keyboard_types_alike() -> None:
    with pytest.raises(ValueError, match="#1001"):
        code_of(CodeKind.ORDER, "#1001")
