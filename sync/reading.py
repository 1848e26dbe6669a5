"""Reading single foreign values into our units, noting what cannot be read and never guessing.

A `Reader` reads one record: each bad field becomes a Problem with what stood there, the record
goes on (F086). Money must fit its currency exactly; times keep what they were read from (F087).
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sync.records import NO_MOMENT, Moment, Problem

# ISO 4217: the currencies in use, by how many decimals their minor unit has.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
    "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
    "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW "
    "ZWG"
)
_EXPONENTS = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
}
# No shop's order is worth more than this many minor units; past it the figure is an error.
_MOST_MINOR = 10**15
_HEAVIEST_G = 10**8
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?")
_RAW_CAP = 200
_CJK = re.compile("[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_YEARS = range(1990, 2200)


def exponent(currency: str) -> int | None:
    """How many decimals a currency has (JPY 0, CNY 2, KWD 3); None for one nobody knows."""
    return _EXPONENTS.get(currency)


def moment_ms(text: str, zone: str) -> int | None:
    """UTC milliseconds of an ISO time; without a zone of its own it is read in `zone`.

    A local time that the clocks skipped moves forward; one that came twice is the first
    (consistency.md 2.6). None where it is no time.
    """
    if _TIME.fullmatch(text) is None:
        return None
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    if told.year not in _YEARS:
        return None
    if told.tzinfo is None:
        told = _placed(told, ZoneInfo(zone))
    return (told.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _placed(told: datetime, zone: ZoneInfo) -> datetime:
    # fold=0 reads a skipped time with the offset before the jump, which lands after it.
    return told.replace(tzinfo=zone, fold=0)


def minor(text: object, places: int) -> int | None:
    """Minor units of a decimal amount; None where it is no amount or has too many decimals."""
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        return None
    plain = format(text, "f") if isinstance(text, Decimal) else str(text).strip()
    if _AMOUNT.fullmatch(plain) is None:
        return None
    scaled = Decimal(plain).scaleb(places)
    if scaled != scaled.to_integral_value() or abs(scaled) > _MOST_MINOR:
        return None
    return int(scaled)


def rounded_minor(value: object, places: int) -> int:
    """Minor units of a derived figure such as a unit price, rounded half up; 0 if unreadable."""
    try:
        scaled = Decimal(str(value)).scaleb(places)
        if not scaled.is_finite() or abs(scaled) > _MOST_MINOR:
            return 0
        return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation:
        return 0


@dataclass(slots=True)
class Reader:
    """Reads the fields of one record; `problems` collects what could not be read."""

    zone: str
    currency: str = ""
    problems: list[Problem] = field(default_factory=list)

    def note(self, code: str, name: str, raw: object) -> None:
        """Keep one problem with what stood there, cut to 200 characters."""
        self.problems.append(Problem(code, name, str(raw)[:_RAW_CAP]))

    def set_currency(self, name: str, code: object) -> None:
        """Read the record's currency; an unknown one is counted in hundredths and noted."""
        self.currency = text(code)
        if exponent(self.currency) is None:
            self.note("unknown_currency", name, code)

    @property
    def places(self) -> int:
        """Decimals of the record's currency."""
        found = exponent(self.currency)
        return 2 if found is None else found

    def money(self, name: str, value: object) -> int:
        """An amount that must not be negative; 0 and a problem where it is impossible."""
        amount = minor(value, self.places)
        if amount is None or amount < 0:
            self.note("impossible_amount", name, value)
            return 0
        return amount

    def money_if_told(self, name: str, value: object) -> int:
        """An amount that may be missing: absent or empty is 0 without a problem."""
        return 0 if value is None or value == "" else self.money(name, value)

    def count(self, name: str, value: object) -> int:
        """A whole quantity above zero; 0 and a problem for anything else."""
        amount = minor(value, 0)
        if amount is None or not 0 < amount < 1_000_000:
            self.note("bad_quantity", name, value)
            return 0
        return amount

    def moment(self, name: str, utc: object, local: object) -> Moment:
        """A time told in UTC and, beside it, in the site's own time; the UTC one is believed."""
        for told, zone in ((utc, "UTC"), (local, self.zone)):
            if told not in (None, ""):
                ms = moment_ms(str(told), zone)
                if ms is not None:
                    return Moment(ms, str(told)[:_RAW_CAP], zone)
        if utc in (None, "") and local in (None, ""):
            return NO_MOMENT
        self.note("bad_time", name, utc or local)
        return Moment(None, str(utc or local)[:_RAW_CAP], self.zone)


def text(value: Any) -> str:
    """Text as told; nothing for null or for what is no text; without NUL, which no book stores."""
    if isinstance(value, str):
        return value.replace("\x00", "").strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def grams(value: object, each: Decimal) -> int | None:
    """A weight in whole grams, of a unit of `each` grams; None for what is no weight."""
    try:
        told = Decimal(str(value).strip()) * each
    except InvalidOperation:
        return None
    fits = told.is_finite() and 0 <= told < _HEAVIEST_G
    return int(told.to_integral_value(ROUND_HALF_UP)) if fits else None


def full_name(first: str, last: str) -> str:
    """A full name in the order its script is read: 张 + 伟, Ada + Lovelace."""
    if _CJK.search(first + last):
        return last + first
    return f"{first} {last}".strip()


def mapping(value: Any) -> dict[str, Any]:
    """An object, or an empty one: PHP writes an empty object as an empty list."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; PHP writes a list with gaps as an object."""
    members = list(value.values()) if isinstance(value, dict) else value
    return [row for row in members if isinstance(row, dict)] if isinstance(members, list) else []
