"""What others have seen of the record: heads kept outside the book, to hold the book against.

A chain by itself does not show a tail that was cut off, lines written anew by somebody who has the
key, or a whole older book put in its place. A head seen before does. Heads are kept in the
backups, in a file of the data folder, and in one more folder the shop chooses, best on another
computer; those on the end-of-day sheets and in the daily mail are typed in.

A file of heads has one line for each: when (UTC), the desk's number, the entry's, its hash in hex.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from app.domain.audit import Head
from app.domain.errors import HeadsUnreadable
from app.domain.ports import Rng
from app.store.audit import HEAD_KEY, read_head
from app.store.backup import FOLDER as BACKUPS
from app.store.backup import to_disk, witnessed
from app.store.keys import Keys
from app.store.tables_record import setting
from app.store.work import Work

FOLDER, FILE = "heads", "waydesk-heads.txt"
HASH_BYTES = 32
Seen = dict[int, list[Head]]
"""Heads by the number of their desk's chain."""


def heads_now(work: Work) -> dict[int, Head]:
    """The head of every chain of the book, as it stands."""
    rows = work.rows(select(setting).where(setting.c.key.startswith(HEAD_KEY)))
    return {int(row["key"].removeprefix(HEAD_KEY)): read_head(row["value_json"]) for row in rows}


def keep(path: Path, at: int, heads: Iterable[tuple[int, Head]]) -> None:
    """Add heads to a file, on the disk when this returns; raises OSError where it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    when = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [f"{when} {chain} {head.seq} {head.hash.hex()}\n" for chain, head in heads]
    with path.open("a", encoding="ascii", newline="\n") as file:
        file.writelines(lines)
    to_disk(path)


def read_file(path: Path) -> Seen:
    """The heads of a file; a last line that was cut off while it was written is passed over.

    Raises:
        HeadsUnreadable: it cannot be read, or a line is no head.
    """
    try:
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise HeadsUnreadable(file=path.name, line=0) from error
    seen: Seen = {}
    whole = text[: text.rfind("\n") + 1].splitlines()
    for number, line in enumerate(whole, start=1):
        try:
            _when, chain, seq, digest = line.split()
            head = Head(int(seq), bytes.fromhex(digest))
        except ValueError as error:
            raise HeadsUnreadable(file=path.name, line=number) from error
        if len(head.hash) != HASH_BYTES or head.seq < 1:
            raise HeadsUnreadable(file=path.name, line=number)
        seen.setdefault(int(chain), []).append(head)
    return seen


def files(folder: Path, chosen: str = "") -> tuple[Path, ...]:
    """Where heads are kept: in the data folder, and in the one the shop chose."""
    places = [folder / FOLDER, *([Path(chosen)] if chosen else [])]
    return tuple(place / FILE for place in places)


def all_seen(folder: Path, keys: Keys, rng: Rng, chosen: str = "") -> Seen:
    """Every head this computer can reach: of the newest backup and of the files.

    Raises:
        HeadsUnreadable: a file of heads was spoilt; whoever did that hides something.
    """
    seen: Seen = {chain: [head] for chain, head in witnessed(folder / BACKUPS, keys, rng).items()}
    for path in files(folder, chosen):
        if path.exists():
            join(seen, read_file(path))
    return seen


def join(seen: Seen, more: Seen) -> None:
    """Add more heads to those seen."""
    for chain, heads in more.items():
        seen.setdefault(chain, []).extend(heads)


def count(seen: Seen) -> int:
    """How many heads there are."""
    return sum(len(heads) for heads in seen.values())
