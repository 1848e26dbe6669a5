"""A badge is read as it was printed, and a misread one is nobody's."""

import pytest

from app.domain.badge import PREFIX, badge_of, badge_read
from app.domain.scan_codes import SIGNS, check_sign

CODE = badge_of(bytes(range(100, 109)))


@pytest.mark.parametrize("n", range(20))
def test_a_badge_is_read_whatever_case_the_keyboard_made_of_it(n: int) -> None:
    code = badge_of(bytes([n * 13 % 256] * 9))
    assert badge_read(code) == badge_read(f" {code.lower()}\n") == code
    assert len(code) == len(PREFIX) + 14


def test_the_check_sign_is_the_one_of_iso_7064() -> None:
    # "A12425GABC1234002" bears M: the example of the Global Release Identifier standard.
    assert check_sign("A12425GABC1234002") == "M"


def test_no_single_misread_sign_and_no_two_swapped_pass() -> None:
    body = CODE.removeprefix(PREFIX)
    for at, right in enumerate(body):
        for sign in set(SIGNS) - {right}:
            assert badge_read(PREFIX + body[:at] + sign + body[at + 1 :]) is None
    for at in range(len(body) - 1):
        if body[at] != body[at + 1]:
            swapped = body[:at] + body[at + 1] + body[at] + body[at + 2 :]
            assert badge_read(PREFIX + swapped) is None


NONE = ["", PREFIX, CODE[5:], CODE[:-1], CODE + "0", "WD:P:" + CODE[5:], CODE.replace(":", "-")]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_badge_is_none(text: str) -> None:
    assert badge_read(text) is None
