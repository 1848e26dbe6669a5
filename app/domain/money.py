"""Money: integer minor units of one currency, never a float, never two currencies in one sum.

Exponents (how many decimals a currency has) are those of ISO 4217, for the currencies whose
exponent is not 2; a code outside ``CURRENCIES`` is refused rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.errors import BadMoney, MixedCurrencies, UnknownCurrency

_TWO = (
    "AED AUD BDT BGN BOB BRL CAD CHF CNY COP CRC CZK DKK DOP DZD EGP EUR GBP GEL GHS GTQ HKD HNL"
    " HRK HUF IDR ILS INR KES KZT LKR MAD MDL MKD MOP MUR MXN MYR NGN NIO NOK NPR NZD PAB PEN PHP"
    " PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TTD TWD TZS UAH USD UYU UZS ZAR ZMW"
)
_NONE = "CLP ISK JPY KRW PYG UGX VND XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"

#: code -> number of decimals
CURRENCIES = MappingProxyType(
    dict.fromkeys(_TWO.split(), 2)
    | dict.fromkeys(_NONE.split(), 0)
    | dict.fromkeys(_THREE.split(), 3)
)
#: the largest amount a row can hold (64-bit), in minor units
LARGEST = 2**63 - 1
_DECIMAL = re.compile(r"([+-]?)(\d{1,19})(?:\.(\d*))?", re.ASCII)


def exponent(currency: str) -> int:
    """Return how many decimals ``currency`` has. Raises UnknownCurrency."""
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise UnknownCurrency(currency=currency) from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (fen, cents; whole yen) of one currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """Return the sum; raises MixedCurrencies."""
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Return the difference; raises MixedCurrencies."""
        return Money(self.minor - self._same(other).minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        """Return whether it is less; raises MixedCurrencies."""
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        """Return whether it is no more; raises MixedCurrencies."""
        return self.minor <= self._same(other).minor

    def times(self, quantity: int) -> Money:
        """Return the amount for ``quantity`` of the same thing."""
        return Money(self.minor * quantity, self.currency)

    def text(self) -> str:
        """Return the plain decimal text, e.g. ``-12.30``, without a currency sign."""
        places = exponent(self.currency)
        sign = "-" if self.minor < 0 else ""
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)

    def _same(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise MixedCurrencies(left=self.currency, right=other.currency)
        return other


def parse(text: str, currency: str) -> Money:
    """Read decimal text such as ``12.30`` as an amount of ``currency``.

    Zeros beyond the currency's decimals are let go (shops send ``100.00`` yen); anything else
    beyond them, an exponent, a comma or a sign inside is refused: rounding would invent money.
    Raises BadMoney, UnknownCurrency.
    """
    places = exponent(currency)
    refusal = BadMoney(text=text[:40], currency=currency)
    read = _DECIMAL.fullmatch(text.strip())
    if read is None:
        raise refusal
    sign, whole, rest = read[1], read[2], read[3] or ""
    kept, beyond = rest[:places].ljust(places, "0"), rest[places:]
    minor = int(whole + kept)
    if beyond.strip("0") or minor > LARGEST:
        raise refusal
    return Money(-minor if sign == "-" else minor, currency)


def totals(amounts: Iterable[Money]) -> dict[str, Money]:
    """Return one sum per currency, in order of the codes; two currencies are never added up."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money(0, amount.currency)) + amount
    return dict(sorted(sums.items()))
