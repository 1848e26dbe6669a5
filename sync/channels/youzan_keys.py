"""Who we are to Youzan Cloud (有赞云): no request is signed; a token in the address is all.

doc.youzanyun.com, guide on calling: POST https://open.youzanyun.com/api/{name}/{version} with
`access_token` in the query, nowhere else (4201), and the parameters as a JSON body. Times are text
in Beijing time with their seconds; a bare date is refused (5001).
"""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

HOST = "https://open.youzanyun.com"
ZONE = "Asia/Shanghai"
Value = str | int | bool | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class YouzanKeys:
    """What a person typed: the app's id and secret, and the shop's number or the two tokens.

    An app of the shop's own gets its tokens by `kdt_id`; any other app is given them once, when
    the shop's owner authorises it.
    """

    client_id: str
    client_secret: str = field(repr=False)
    kdt_id: str = ""
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


def youzan_time(seconds: int) -> str:
    """An epoch second as the platform writes it."""
    return datetime.fromtimestamp(seconds, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")
