"""The seller's memo in Shopify: the end of the order's note, and a tag for its flag.

Shopify has one note for the buyer's words and the shop's. What the buyer wrote stays above a mark
of ours and is never touched; the memo stands below it.
"""

from sync.channels.shopify_calls import Document, ShopifyCalls, within
from sync.channels.shopify_documents import ADD_TAGS, DROP_TAGS, MEMO, WRITE_NOTE
from sync.errors import Rejected
from sync.reading import text
from sync.records import Done, MemoAsk

MARK = "— Waydesk —"
FLAG = "waydesk-flag-"
LONGEST = 5000
_READ, _NOTE = Document(MEMO), Document(WRITE_NOTE, writes=True)
_ADD, _DROP = Document(ADD_TAGS, writes=True), Document(DROP_TAGS, writes=True)


def split_note(note: str) -> tuple[str, str]:
    """(what the buyer wrote, the seller's memo) of an order's note."""
    above, _, below = note.partition(MARK)
    return above.strip(), below.strip()


def joined_note(note: str, memo: str) -> str:
    """The note with the memo in place of the one it had; an empty memo takes the mark away."""
    above, _ = split_note(note)
    parts = [above, f"{MARK}\n{memo}"] if memo else [above]
    return "\n\n".join(part for part in parts if part)


async def write_memo(calls: ShopifyCalls, order_gid: str, ask: MemoAsk) -> Done:
    """Set memo and flag; each write sets what should stand, so a repeat changes nothing.

    Raises:
        Rejected: no such order, or a memo too long for the note.
    """
    found = within((await calls.ask(_READ, {"id": order_gid})).data, ("order",))
    if not found:
        raise Rejected("shopify_no_such_order", external_id=ask.external_id)
    note, tags = text(found.get("note")), [text(tag) for tag in found.get("tags") or ()]
    wanted = joined_note(note, ask.text.strip())
    if len(wanted) > LONGEST:
        raise Rejected("shopify_memo_too_long", size=len(wanted), most=LONGEST)
    flag = [f"{FLAG}{ask.flag}"] if ask.flag else []
    stale = [tag for tag in tags if tag.startswith(FLAG) and tag not in flag]
    fresh = [tag for tag in flag if tag not in tags]
    if wanted != note:
        await calls.write(_NOTE, {"input": {"id": order_gid, "note": wanted}})
    if stale:
        await calls.write(_DROP, {"id": order_gid, "tags": stale})
    if fresh:
        await calls.write(_ADD, {"id": order_gid, "tags": fresh})
    return Done(ask.external_id, already=wanted == note and not stale and not fresh)


def flag_of(tags: list[str]) -> str:
    """The memo's flag among an order's tags; "" where there is none."""
    found = sorted(tag.removeprefix(FLAG) for tag in tags if tag.startswith(FLAG))
    return found[0] if found else ""
