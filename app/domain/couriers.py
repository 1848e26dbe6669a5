"""Who moves parcels, by the names that labels, screens and platforms show.

A carrier account may be at the courier itself or at an aggregator that buys from many couriers;
what buyers and sorters read is always the courier. Rows stand in ``resources/rules/couriers.toml``;
their names are also words under ``carrier.<code>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.errors import RuleRefused
from app.domain.listings import norm

_ROW = {"code", "en", "zh"}
_ALSO = "also"


@dataclass(frozen=True, slots=True)
class Couriers:
    """Every courier Waydesk has a name for: code -> language -> name.

    Attributes:
        known: how files spell them, by letters and digits alone -> code.
    """

    rows: Mapping[str, Mapping[str, str]]
    known: Mapping[str, str] = field(default_factory=dict)

    def name(self, code: str, lang: str) -> str:
        """Return the courier's name; the code in capitals where there is none."""
        return self.rows[code][lang] if code in self.rows else code.upper()

    def code_of(self, told: str) -> str:
        """Return the courier a file means by a name or code; "" when that is none of ours."""
        return self.known.get(norm(told), "")


def couriers_from(table: Mapping[str, object], file: str) -> Couriers:
    """Read ``[[courier]] code= en= zh=``, with ``also`` where files spell it otherwise.

    Raises RuleRefused for an unknown or missing key, or a code or spelling that stands twice.
    """
    rows = table.get("courier", [])
    if set(table) != {"courier"} or not isinstance(rows, list):
        raise RuleRefused(file=file, row="courier", word=",".join(table))
    named: dict[str, Mapping[str, str]] = {}
    known: dict[str, str] = {}
    for row in rows:
        code = str(row.get("code", ""))
        for key in _ROW ^ (set(row) - {_ALSO}):
            raise RuleRefused(file=file, row=code, word=key)
        if code in named:
            raise RuleRefused(file=file, row=code, word=code)
        named[code] = {"en": str(row["en"]), "zh": str(row["zh"])}
        for spelt in (code, row["en"], row["zh"], *row.get(_ALSO, ())):
            if known.setdefault(norm(str(spelt)), code) != code:
                raise RuleRefused(file=file, row=code, word=str(spelt))
    return Couriers(named, known)
