"""The words by which platforms and carriers find the way in: one for each, never to be guessed.

They stay as they are when keys change, since they stand in the platforms' own settings. Knowing one
lets nobody in: what comes must still be signed.
"""

import msgspec

from app.domain.ports import Rng
from app.store.tables import carrier_account, channel
from app.store.tables_record import setting
from app.store.work import Work

_KEY = "push.path."
_BYTES = 16


def word_of(work: Work, whose: str, rng: Rng) -> str:
    """The word of ``channel:ID`` or ``carrier:ID``, made where there is none yet."""
    standing = work.find(setting, _KEY + whose)
    if standing is not None:
        return str(msgspec.json.decode(standing["value_json"]))
    made = rng.random_bytes(_BYTES).hex()
    work.insert(setting, {"key": _KEY + whose, "value_json": msgspec.json.encode(made).decode()})
    work.tell("push_path_made", "channel" if whose.startswith("channel") else "carrier")
    return made


def name_of(work: Work, whose: str, pk: int) -> str:
    """What the owner calls the shop or the carrier account."""
    row = work.row(channel if whose == "channel" else carrier_account, pk)
    return f"{row['platform']} {row['name']}" if whose == "channel" else str(row["carrier"])
