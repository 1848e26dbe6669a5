"""A card about an exception, as a notice service sends it: what is wrong, and one thing to press.

The card is a value; which service sends it, to whom and in which markup is that service's own. Its
texts are plain: whoever puts them into markup escapes them. The link opens Waydesk at the exception
and does nothing there; the button asks for one command, which is harmless to repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import Detail
from app.domain.words import Words

LINK = "waydesk://case/"
TITLE, TEXT = 64, 500
PUSHES = "outbox.retry"
"""The permission to push an upload again."""
PUSHED = frozenset({"writeback_failed", "dead_letter"})
"""The kinds of exception whose upload can be pushed again."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """An exception as a card needs it; ``order_no`` and ``shop`` as people know them."""

    case_id: int
    number: str
    kind: str
    priority: str
    args: Mapping[str, Detail]
    order_no: str = ""
    shop: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to press: its word, and the command it asks for by tag and exception."""

    word: str
    command: str
    case_id: int
    permission: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a service sends.

    Attributes:
        title: one line, at most 64 characters.
        text: some lines, at most 500 characters.
        link: opens the exception in Waydesk.
        button: None where there is nothing to press.
    """

    title: str
    text: str
    link: str
    button: Button | None = None


def card_of(case: CaseFacts, words: Words, lang: str) -> Card:
    """The card of an exception in one language; what platforms said stands in it as plain text."""
    lines = [
        words.say("card.order", lang, order=case.order_no, shop=case.shop) if case.order_no else "",
        words.say("card.said", lang, text=case.args["text"]) if case.args.get("text") else "",
        words.tell(f"case.{case.kind}.advice", lang, case.args),
        words.say("card.due", lang, due=case.due) if case.due else "",
    ]
    title = words.tell(f"case.{case.kind}.title", lang, case.args)
    button = None
    if case.kind in PUSHED:
        word = words.say("card.push_again", lang)
        button = Button(word, "push_again", case.case_id, PUSHES)
    return Card(
        title=_plain(f"{case.priority} {title}", TITLE),
        text="\n".join(_plain(line, TEXT) for line in lines if line)[:TEXT],
        link=f"{LINK}{case.case_id}",
        button=button,
    )


def _plain(text: str, most: int) -> str:
    """One line without characters that steer or hide, cut where it is too long."""
    line = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(line.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
