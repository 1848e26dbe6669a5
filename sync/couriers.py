"""What our carriers are called on platforms: which code of a platform's list is meant by one.

A platform's list has names and codes of its own; ours are matched by the platform's code where it
is known, else by name, each exactly.
"""

from collections.abc import Awaitable, Callable, Mapping

from sync.records import ShipAsk

# The names platforms' lists give our carriers.
NAMES: Mapping[str, tuple[str, ...]] = {
    "sf": ("顺丰速运", "顺丰快递", "顺丰"),
    "zto": ("中通快递", "中通速递", "中通"),
    "yto": ("圆通快递", "圆通速递", "圆通"),
    "sto": ("申通快递", "申通"),
    "yunda": ("韵达快递", "韵达速递", "韵达快运", "韵达"),
    "jt": ("极兔快递", "极兔速递", "极兔"),
    "jd": ("京东物流", "京东快递"),
    "ems": ("EMS", "邮政EMS"),
    "china_post": ("邮政快递包裹", "邮政国内小包", "中国邮政"),
    "deppon": ("德邦快递", "德邦物流", "德邦"),
    "best": ("百世快递", "百世汇通"),
    "uc": ("优速快递", "优速物流"),
    "zjs": ("宅急送",),
    "kye": ("跨越速运",),
    "ane": ("安能物流", "安能快递"),
}

Read = Callable[[], Awaitable[Mapping[str, str]]]
"""Asks for a platform's list: names to codes; the codes themselves need not be among the names."""


class Couriers:
    """A platform's list of carriers, asked for once, and once more where it lacks one."""

    def __init__(self, read: Read, codes: Mapping[str, str] | None = None) -> None:
        """Ask nothing yet; `codes` are the platform's own for ours, where they are known."""
        self._read, self._codes = read, codes or {}
        self._known: dict[str, str] = {}

    async def code(self, ask: ShipAsk) -> str:
        """The platform's code of the carrier of a parcel; "" where its list has none."""
        ours = ask.carrier_code
        names = (self._codes.get(ours, ""), *NAMES.get(ours, ()), ours, ask.carrier_name)
        for fresh in (False, True):
            if fresh or not self._known:
                self._known = _folded(await self._read())
            for name in names:
                if name and name.casefold() in self._known:
                    return self._known[name.casefold()]
        return ""


def _folded(told: Mapping[str, str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for name, code in told.items():
        for each in (name, code):
            if each and code:
                known.setdefault(each.casefold(), code)
    return known
