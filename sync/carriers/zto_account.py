"""The shop's account at ZTO's open platform, and whose waybill numbers it takes.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

from dataclasses import dataclass

# open.zto.com: production and test.
PRODUCTION = "https://japi.zto.com"
TEST = "https://japi-test.zto.com"
# orderType: a number that the outlet collects by habit; a booking for which a courier is sent.
WHOLE_NETWORK = "1"
BOOKING = "2"


@dataclass(frozen=True, slots=True)
class ZtoAccount:
    """An app of the open platform with one e-waybill account.

    `account_id` and `account_password` are the outlet's e-waybill account; a group customer has
    `customer_id` instead. `order_type` is one of the two above.
    """

    app_key: str
    app_secret: str
    account_id: str = ""
    account_password: str = ""
    customer_id: str = ""
    order_type: str = WHOLE_NETWORK
    url: str = PRODUCTION

    def __repr__(self) -> str:
        """Which account, never its secrets."""
        return f"ZtoAccount({self.app_key!r}, {self.account_id!r}, app_secret=***, password=***)"
