"""The shop's account at YTO's open platform: YTO gives each interface a code and secret of its own.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

from dataclasses import dataclass

# open.yto.net.cn: production and test.
PRODUCTION = "https://openapi.yto.net.cn:11443"
TEST = "https://openuat.yto56test.com:6443"


@dataclass(frozen=True, slots=True)
class YtoAccount:
    """One user of the open platform.

    `user_id` stands in every address; `client_code` (K...) and `secret` are those of the order
    interfaces, `track_code` and `track_secret` those of tracking.
    """

    user_id: str
    client_code: str
    secret: str
    track_code: str
    track_secret: str
    url: str = PRODUCTION

    def __repr__(self) -> str:
        """Which account, never its secrets."""
        return f"YtoAccount({self.user_id!r}, {self.client_code!r}, secret=***, track_secret=***)"
