"""Shops on platforms: their settings, their keys, and who asked for a pull."""

from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select

from app.store import credentials
from app.store.seal import Row
from app.store.tables import channel
from app.store.tables_record import case, cursor, setting
from app.store.work import Work

DEMO = "demo"
WANTED = "wanted"
ON, PAUSED = "on", "paused"
# What a connector renews by itself; all else of a shop's fields was typed by a person.
TOKENS = frozenset({"token", "token_until", "session", "session_until", "refresh_token"})


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """What it takes to speak with a shop; ``fields`` are its keys in clear, for this process.

    ``every_s`` is how often it is read, 0 for as often as Waydesk reads by itself.
    """

    id: int
    platform: str
    name: str
    zone: str
    version: int
    fields: dict[str, str] = field(repr=False)
    every_s: int = 0


def put_shop(work: Work, row: Row, fields: dict[str, str]) -> int:
    """Add a shop, or give one of the same platform and name new keys; its id.

    ``row`` holds platform, name, zone and currency. A shop that was paused stays so.
    """
    pk = find_shop(work, row["platform"], row["name"])
    found, pk = bool(pk), pk or work.ids.next()
    plain = msgspec.json.encode(fields)
    closed = work.keys.encrypt("channel", pk, "credentials_ct", plain)
    values = {**row, "credentials_ct": closed}
    if found:
        standing = work.row(channel, pk)
        state = PAUSED if standing["state"] == PAUSED else ON
        work.update(channel, pk, standing["version"], state=state, **values)
    else:
        work.insert(channel, {"id": pk, "state": ON, **values})
    credentials.put(work, "channel", pk)
    work.mark("channels", pk)
    return pk


def names(work: Work) -> dict[int, str]:
    """Every shop's name by its id."""
    return {row["id"]: row["name"] for row in work.rows(select(channel.c.id, channel.c.name))}


def fields_of(work: Work, channel_id: int) -> dict[str, str]:
    """A shop's keys, opened for whoever replaces some of them."""
    return _access(work, work.row(channel, channel_id)).fields


def tokens_of(work: Work, pk: int) -> dict[str, str]:
    """A shop's expiring tokens as they stand now; empty where it never had any."""
    fields = _access(work, work.checked(channel, work.row(channel, pk))).fields
    return {name: value for name, value in fields.items() if name in TOKENS}


def keep_tokens(work: Work, pk: int, tokens: dict[str, str]) -> int:
    """Put new tokens in place of the old ones, sealed with the shop's keys; the row's version."""
    standing = work.checked(channel, work.row(channel, pk))
    fields = _access(work, standing).fields
    kept = {name: value for name, value in fields.items() if name not in TOKENS}
    # What a person typed to begin with is spent once it was renewed; the new one stands for it.
    plain = msgspec.json.encode(kept | tokens)
    closed = work.keys.encrypt("channel", pk, "credentials_ct", plain)
    work.update(channel, pk, standing["version"], credentials_ct=closed)
    return int(work.row(channel, pk)["version"])


def find_shop(work: Work, platform: str, name: str) -> int:
    """The id of the shop with this name on this platform, 0 when there is none."""
    query = select(channel.c.id).where(channel.c.platform == platform, channel.c.name == name)
    found = work.rows(query)
    return int(found[0]["id"]) if found else 0


def shops(work: Work) -> tuple[ShopAccess, ...]:
    """The shops that are read now, oldest first, their keys opened."""
    rows = work.rows(select(channel).where(channel.c.state == ON).order_by(channel.c.id))
    return tuple(_access(work, work.checked(channel, row)) for row in rows)


def _access(work: Work, row: Row) -> ShopAccess:
    plain = work.keys.decrypt("channel", row["id"], "credentials_ct", row["credentials_ct"])
    return ShopAccess(
        id=row["id"],
        platform=row["platform"],
        name=row["name"],
        zone=row["zone"],
        version=row["version"],
        every_s=row["every_s"],
        fields=dict(msgspec.json.decode(plain or b"{}")),
    )


def want_pull(work: Work, channel_id: int) -> None:
    """Ask for a shop's orders to be read now."""
    work.row(channel, channel_id)
    at = (cursor.c.channel_id == channel_id) & (cursor.c.stream == WANTED)
    found = work.rows(select(cursor).where(at))
    if found:
        work.update(cursor, found[0]["id"], at=work.now)
    else:
        row = {"id": work.ids.next(), "channel_id": channel_id, "stream": WANTED, "at": work.now}
        work.insert(cursor, row)
    work.mark("channels", channel_id)


def wanted_pulls(work: Work) -> dict[int, int]:
    """When each shop was last asked to be read at once (UTC ms)."""
    rows = work.rows(select(cursor).where(cursor.c.stream == WANTED))
    return {row["channel_id"]: row["at"] for row in rows}


def open_cases_of(work: Work, channel_id: int, kind: str) -> list[int]:
    """The open cases of a kind about a shop itself."""
    query = select(case.c.id).where(
        case.c.channel_id == channel_id, case.c.kind == kind, case.c.state != "settled"
    )
    return [int(row["id"]) for row in work.rows(query)]


def mark_demo(work: Work) -> None:
    """Say that this book is a demonstration whose passphrase everybody knows."""
    if work.find(setting, DEMO) is None:
        work.insert(setting, {"key": DEMO, "value_json": "true"})


def is_demo(work: Work) -> bool:
    """Whether real keys must be refused here."""
    return work.find(setting, DEMO) is not None
