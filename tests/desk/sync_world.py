"""A shop with several others beside it, each read as well or badly as a test needs."""

from typing import Any

from app.domain.actor import worker
from app.store import accounts, credentials, shops, sync_history
from app.store.tables import channel
from app.store.tables_privacy import credential
from tests.desk.desk_world import DeskWorld

DAY = 86_400_000
GOOD = {"up": 1, "needs_person": 0, "error": "", "offset_ms": 300, "limit_left": 38}
OTHERS = (
    ("shopify", "Shopify US", "America/New_York", "USD"),
    ("taobao", "淘宝 · 旗舰店", "Asia/Shanghai", "CNY"),
    ("own_shop", "Tea of our own", "Europe/London", "GBP"),
)


def many_shops(desk: DeskWorld) -> dict[str, int]:
    """Give the shop its owner, three more shops and a carrier; the ids by their names.

    The first shop is read well with old keys, the second refuses us, the third is paused and the
    fourth does not answer.
    """
    shop = desk.shop
    shop.hire("boss", "owner")
    now, made = desk.behind.clock.now(), {"Shop": shop.channel_id}
    with shop.book.work(worker("sync")) as work:
        for platform, name, zone, currency in OTHERS:
            row = {"platform": platform, "name": name, "zone": zone, "currency": currency}
            made[name] = shops.put_shop(work, row, {"key": "k"})
        made["SF"] = accounts.put_carrier(work, "sf", "SF monthly", {"partner_id": "p"})
        credentials.put(work, "channel", shop.channel_id)
        work.update(credential, shop.channel_id, put_at=now - 97 * DAY)
        work.update(channel, made["淘宝 · 旗舰店"], state="paused", every_s=300)
        seen = {"last_success_at": now - 14_000, "last_event_at": now - 95_000}
        sync_history.put_state(work, shop.channel_id, {**GOOD, **seen})
        bad: dict[str, Any] = {**GOOD, "up": 0, "last_success_at": now - 1_320_000}
        gone = {**bad, "needs_person": 1, "error": "sync_token_expired"}
        sync_history.put_state(work, made["Shopify US"], gone)
        sync_history.put_state(work, made["Tea of our own"], {**bad, "error": "sync_unreachable"})
        work.tell("sync_measured", "channel")
        work.commit()
    return made
