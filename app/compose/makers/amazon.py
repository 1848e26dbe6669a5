"""Amazon."""

from urllib.parse import urlsplit

from app.compose.makers.tools import LOOPBACK, ChannelMaker, Fields, Passing, Shop, Tools
from sync.channels.amazon import Amazon, AmazonShop, QueueKeys
from sync.channels.amazon_access import AmazonKeys
from sync.channels.amazon_calls import AmazonHands, Paced
from sync.channels.amazon_read import STATUSES, ReadAs
from sync.limits import Bucket, Unlimited
from sync.ports import Channel


def _amazon(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    endpoint = fields.get("endpoint", "")
    is_here = urlsplit(endpoint).hostname in LOOPBACK

    def turn_for(rate: float, burst: float) -> Paced:
        return Unlimited() if is_here else Bucket(tools.clock, rate, burst)

    names = ("client_id", "client_secret", "refresh_token")
    settings = AmazonShop(
        AmazonKeys(*(fields[name] for name in names)),
        fields["seller"],
        fields["marketplaces"],
        ReadAs(STATUSES | shop.statuses),
        endpoint,
        queue=_queue(fields),
    )
    hands = AmazonHands(tools.http, tools.clock, shop.shelf or Passing({}), turn_for)
    return Amazon(settings, hands)


def _queue(fields: Fields) -> QueueKeys | None:
    told = tuple(fields.get(name, "") for name in ("queue", "queue_key", "queue_secret"))
    return QueueKeys(*told) if all(told) else None


AMAZON = ChannelMaker(_amazon, Amazon.caps)
