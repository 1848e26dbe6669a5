"""The shop's account at EasyPost: its key, and the carrier and service it buys from.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

from dataclasses import dataclass

PRODUCTION = "https://api.easypost.com/v2"
TEST_KEY = "EZTK"


@dataclass(frozen=True, slots=True)
class EasypostAccount:
    """One key with one carrier account (`ca_...`) and one service, as EasyPost spells it.

    `webhook_secret` is what pushes are signed with, "" where none are taken.
    """

    key: str
    carrier_account: str
    service: str
    webhook_secret: str = ""
    url: str = PRODUCTION

    def __repr__(self) -> str:
        """Which account, never its secrets."""
        return f"EasypostAccount({self.carrier_account!r}, {self.service!r}, key=***)"
