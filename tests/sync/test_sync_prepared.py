"""What was stored before it was sent says for which order it is, or nothing at all."""

import pytest

from sync.carriers.prepared import exact_text, reference_in


@pytest.mark.parametrize("stored", [b"{}", b"no json", b"[]", b"null", b"\xff", b""])
def test_a_text_that_names_no_order_is_taken_for_no_order(stored: bytes) -> None:
    assert reference_in(stored, "order") == ""


def test_a_text_is_one_and_the_same_whatever_stands_in_it() -> None:
    assert exact_text({"order": "WD1", "to": "张 \ud800"}) == '{"order":"WD1","to":"张 ?"}'.encode()
    assert reference_in(exact_text({"order": "WD1"}), "order") == "WD1"
    with pytest.raises(ValueError, match="JSON"):
        exact_text({"weight": float("nan")})
