"""A card says what is wrong in plain text, links to it, and holds one button (F010)."""

import re

import pytest

from app.__main__ import DEEP_LINK
from app.domain.cards import PUSHED, TEXT, TITLE, CaseFacts, card_of
from app.rulebook import load

LAW = load()
HOSTILE = "[pay](http://evil) <b>\n\u202e# big\x00 @all " + "x" * 900


def facts(kind: str, **args: str) -> CaseFacts:
    return CaseFacts(7123, "E7", kind, "P0", args, order_no="501", shop="旗舰店", due="12:30")


@pytest.mark.req("F010")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_failed_write_back_is_a_card_with_a_deep_link_and_a_button(lang: str) -> None:
    told = {"code": "sync_rejected", "text": "no such order"}
    card = card_of(facts("writeback_failed", **told), LAW.words, lang)
    assert "P0" in card.title
    assert ("not told" in card.title) == (lang == "en")
    for part in ("501", "旗舰店", "no such order", "12:30"):
        assert part in card.text
    assert DEEP_LINK.fullmatch(card.link)
    assert card.button is not None
    assert card.button.word == {"en": "Push again", "zh": "重新上传"}[lang]
    assert (card.button.command, card.button.permission) == ("push_again", "outbox.retry")


def test_only_uploads_can_be_pushed_again() -> None:
    for kind in LAW.cases:
        card = card_of(facts(kind), LAW.words, "en")
        assert (card.button is not None) == (kind in PUSHED)


def test_what_a_platform_says_neither_steers_nor_floods_a_card() -> None:
    card = card_of(facts("writeback_failed", text=HOSTILE), LAW.words, "en")
    assert len(card.title) <= TITLE
    assert len(card.text) <= TEXT
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e]", card.title + card.text)
    assert all(not line.startswith("#") for line in card.text.splitlines())
