"""Carrier accounts and the sender's address; both are kept encrypted."""

from typing import Any

import msgspec
from sqlalchemy import select

from app.domain.errors import NotFound
from app.store import credentials, settings
from app.store.seal import Row
from app.store.shops import TOKENS
from app.store.tables import carrier_account
from app.store.tables_record import setting
from app.store.work import Work

SENDER = "sender"
CHOSEN = "carriers.chosen"
"""Ids of the account numbers are taken from, and of its back-up; 0: nobody said."""


def put_carrier(work: Work, carrier: str, name: str, fields: dict[str, str]) -> int:
    """Add a carrier account, or give the one of this name new keys. Returns its id.

    The keys are sealed for this one row.
    """
    same = select(carrier_account.c.id).where(
        carrier_account.c.carrier == carrier, carrier_account.c.name == name
    )
    found = work.rows(same)
    pk = int(found[0]["id"]) if found else work.ids.next()
    plain = msgspec.json.encode(fields)
    values: dict[str, Any] = {
        "service": fields.get("service", ""),
        "credentials_ct": work.keys.encrypt("carrier_account", pk, "credentials_ct", plain),
        "state": "on",
    }
    if found:
        work.update(carrier_account, pk, **values)
    else:
        work.insert(carrier_account, {"id": pk, "carrier": carrier, "name": name, **values})
    credentials.put(work, "carrier", pk)
    work.mark("carriers", pk)
    return pk


def carriers(work: Work) -> list[Row]:
    """The accounts in use, oldest first; the first is the shop's usual one."""
    query = select(carrier_account).where(carrier_account.c.state == "on")
    rows = work.rows(query.order_by(carrier_account.c.id))
    return [work.checked(carrier_account, row) for row in rows]


def in_turn(work: Work) -> list[Row]:
    """The accounts in use, the one to take numbers from first: usual, back-up, then the oldest."""
    kept = work.find(setting, CHOSEN)
    wanted = msgspec.json.decode(kept["value_json"]) if kept else []
    turn = {pk: at for at, pk in enumerate(wanted)}
    return sorted(carriers(work), key=lambda row: turn.get(row["id"], len(turn)))


def credentials_of(work: Work, row: Row) -> dict[str, str]:
    """An account's keys, opened for whoever is about to use them."""
    plain = work.keys.decrypt("carrier_account", row["id"], "credentials_ct", row["credentials_ct"])
    return dict(msgspec.json.decode(plain or b"{}"))


def tokens_of(work: Work, pk: int) -> dict[str, str]:
    """An account's expiring tokens as they stand now; empty where it never had any."""
    fields = credentials_of(work, work.checked(carrier_account, work.row(carrier_account, pk)))
    return {name: value for name, value in fields.items() if name in TOKENS}


def keep_tokens(work: Work, pk: int, tokens: dict[str, str]) -> int:
    """Put new tokens in place of the old ones, sealed with the keys; the row's version."""
    standing = work.checked(carrier_account, work.row(carrier_account, pk))
    fields = credentials_of(work, standing)
    kept = {name: value for name, value in fields.items() if name not in TOKENS}
    plain = msgspec.json.encode(kept | tokens)
    closed = work.keys.encrypt("carrier_account", pk, "credentials_ct", plain)
    work.update(carrier_account, pk, standing["version"], credentials_ct=closed)
    return int(work.row(carrier_account, pk)["version"])


def put_sender(work: Work, fields: dict[str, str]) -> None:
    """Set the address parcels are sent from; it holds a person's name and phone."""
    closed = work.keys.encrypt("setting", 0, SENDER, msgspec.json.encode(fields)) or b""
    settings.put_text(work, SENDER, closed.hex())
    work.mark("settings")


def close_sender_again(work: Work) -> None:
    """Close the sender's address with the current data key."""
    if work.find(setting, SENDER) is not None:
        put_sender(work, sender(work))


def sender(work: Work) -> dict[str, Any]:
    """The sender's address; :class:`NotFound` while the shop has none."""
    row = work.find(setting, SENDER)
    if row is None:
        raise NotFound(what="sender", id="")
    plain = work.keys.decrypt("setting", 0, SENDER, bytes.fromhex(row["value_json"]))
    return dict(msgspec.json.decode(plain or b"{}"))
