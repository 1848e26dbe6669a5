"""The seller's memo on a Vendure order: one private note of ours among its notes.

A note is an entry of the order's history, private where only staff see it. Ours ends with a mark,
so that it is found again and changed instead of added twice. Notes carry no flag.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sync.channels.vendure_calls import Document, VendureCalls, within
from sync.channels.vendure_documents import ADD_NOTE, CHANGE_NOTE, NOTES
from sync.errors import NoSuchOrder
from sync.reading import mapping, rows, text
from sync.records import Done, MemoAsk

MARK = "— Waydesk —"
_NOTES = Document(NOTES)
_ADD, _CHANGE = Document(ADD_NOTE, writes=True), Document(CHANGE_NOTE, writes=True)
Note = Mapping[str, Any]


def memo_of(notes: Iterable[Note]) -> str:
    """The seller's memo by an order's notes, newest first: ours, or else the newest private one."""
    private = [_words(note) for note in notes if note.get("isPublic") is False]
    ours = [words for words in private if words.endswith(MARK)]
    return next(iter(ours or private), "").removesuffix(MARK).strip()


def _words(note: Note) -> str:
    return text(mapping(note.get("data")).get("note"))


async def write_memo(calls: VendureCalls, ask: MemoAsk) -> Done:
    """Set our note's words; a repeat changes nothing.

    Raises:
        NoSuchOrder: the server has no such order.
    """
    order = within((await calls.ask(_NOTES, {"id": ask.external_id})).data, ("order",))
    if not order:
        raise NoSuchOrder("vendure_no_such_order", external_id=ask.external_id)
    notes = rows(mapping(order.get("history")).get("items"))
    ours = [note for note in notes if _words(note).endswith(MARK) and not note.get("isPublic")]
    wanted = f"{ask.text.strip()}\n{MARK}"
    if ours and _words(ours[0]) == wanted:
        return Done(text(ours[0].get("id")), already=True)
    if ours:
        number = text(ours[0].get("id"))
        change = {"noteId": number, "note": wanted, "isPublic": False}
        await calls.write(_CHANGE, {"input": change})
        return Done(number)
    if not ask.text.strip():
        return Done(ask.external_id, already=True)
    note = {"id": ask.external_id, "note": wanted, "isPublic": False}
    await calls.write(_ADD, {"input": note})
    return Done(ask.external_id)
