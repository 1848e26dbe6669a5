"""A home-made store's webhook: verified by the file's recipe, then a hint which order to read."""

from collections.abc import Mapping

from sync.channels.own_shop_plan import Push
from sync.channels.own_shop_sign import push_fits
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import text
from sync.records import PushHint

BODY_CAP = 1024 * 1024
WINDOW_S = 300


def read_push(
    push: Push, secrets: tuple[str, ...], told: tuple[Mapping[str, str], bytes], now_ms: int
) -> PushHint:
    """The hint of one delivery (`told`: its headers and its raw body).

    Raises:
        Rejected: unsigned, signed with another secret, more than five minutes old, or over 1 MB.
        Malformed: rightly signed, but without an order's number where the file says it stands.
    """
    headers, body = {name.lower(): value for name, value in told[0].items()}, told[1]
    if len(body) > BODY_CAP:
        raise Rejected("push_too_big", size=len(body))
    signature = headers.get(push.header.lower(), "")
    if not signature:
        raise Rejected("push_unsigned")
    time = headers.get(push.time_header.lower(), "") if push.time_header else ""
    stripped = signature.removeprefix(push.prefix)
    if not signature.startswith(push.prefix) or not push_fits(
        push.recipe, secrets, stripped, (body, time)
    ):
        raise Rejected("push_not_ours")
    if push.time_header and not _fresh(time, now_ms):
        raise Rejected("own_shop_push_old", seconds=WINDOW_S)
    value = read_json(body)
    order = text(push.order.one(value))
    if not order:
        raise Malformed("sync_not_an_order", external_id="")
    event = headers.get(push.event_header.lower(), "") if push.event_header else ""
    if not event and push.event is not None:
        event = text(push.event.one(value))
    # Without an id of the delivery its signature is the same for a repeat, and for nothing else.
    return PushHint("order", order, event or stripped[:80])


def _fresh(told: str, now_ms: int) -> bool:
    """Whether a time in seconds or milliseconds is at most five minutes from now."""
    if not (told.isascii() and told.isdigit()) or len(told) > 15:
        return False
    ms = int(told) if len(told) > 11 else int(told) * 1000
    return abs(now_ms - ms) <= WINDOW_S * 1000
