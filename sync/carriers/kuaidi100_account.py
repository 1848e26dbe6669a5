"""The shop's account at Kuaidi100: who asks, with which keys, and the courier it buys from.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

import hashlib
from dataclasses import dataclass

# api.kuaidi100.com/document: instant queries, subscriptions, e-waybill orders.
TRACKS = "https://poll.kuaidi100.com/poll/query.do"
FOLLOW = "https://poll.kuaidi100.com/poll"
ORDERS = "https://api.kuaidi100.com/label/order"


@dataclass(frozen=True, slots=True)
class Kuaidi100Account:
    """One user of Kuaidi100 with one courier.

    `key`, `secret` and `customer` are Kuaidi100's: key and secret order labels, key and customer
    ask for tracks; `company` is the courier's code there. `partner_*`, `net`, `code` and
    `check_man` are what the courier's outlet gave, each empty where it wants none. `push_url` is
    where Kuaidi100 may call this shop, "" where it may not.
    """

    key: str
    secret: str
    customer: str
    company: str
    partner_id: str = ""
    partner_key: str = ""
    partner_secret: str = ""
    partner_name: str = ""
    net: str = ""
    code: str = ""
    check_man: str = ""
    push_url: str = ""
    tracks_url: str = TRACKS
    follow_url: str = FOLLOW
    orders_url: str = ORDERS

    @property
    def salt(self) -> str:
        """The 32 letters a push is signed with: our choice, made of what only we two know.

        New keys make a new one; what was subscribed with the old is read by asking.
        """
        known = f"waydesk-push:{self.key}:{self.secret}".encode("utf-8", "replace")
        return hashlib.sha256(known).hexdigest()[:32]

    def __repr__(self) -> str:
        """Which account, never its secrets."""
        return f"Kuaidi100Account({self.customer!r}, {self.company!r}, key=***, secret=***)"
