"""A shop with several others beside it, each read as well or badly as a test needs."""

from typing import Any

from app.domain.actor import worker
from app.store import accounts, credentials, intake_rows, outbox, shops, sync_history
from app.store.outbox import Effect
from app.store.seal import Row
from app.store.sync_history import Counted
from app.store.tables import channel
from app.store.tables_notice import notice_route
from app.store.tables_privacy import credential
from app.store.tables_record import kept_aside
from app.store.tables_record import outbox as out
from app.store.tables_sync import lock_sample, state_sample, sync_sample
from tests.desk.desk_world import DeskWorld

DAY = 86_400_000
GOOD = {"up": 1, "needs_person": 0, "error": "", "offset_ms": 300, "limit_left": 38}
OTHERS = (
    ("shopify", "Shopify US", "America/New_York", "USD"),
    ("taobao", "淘宝 · 旗舰店", "Asia/Shanghai", "CNY"),
    ("own_shop", "Tea of our own", "Europe/London", "GBP"),
)


def sick_shops(desk: DeskWorld) -> dict[str, int]:
    """The same shops with a day of figures: a gap, a bad link, and three dead letters."""
    ids = many_shops(desk)
    pk, now = ids["Shop"], desk.behind.clock.now()
    with desk.shop.book.work(worker("sync")) as work:
        for n in range(48):
            worse = 1 + (n % 12) / 4 + (9 if n in {20, 21} else 0)
            figures = {"median_ms": int(7000 * worse), "p95_ms": int(19000 * worse)}
            row = {"link": "orders", "span_ms": 1_800_000, "asked": 60, "failed": 0, "again": 1}
            at = {"id": work.ids.next(), "channel_id": pk, "at": now - (47 - n) * 1_800_000}
            work.insert(sync_sample, {**row, **figures, **at, "came": 9, "answer_ms": 240})
        ship = {"link": "ship", "span_ms": 300_000, "asked": 1000, "failed": 9, "again": 12}
        memo = {"link": "memo", "span_ms": 300_000, "asked": 1000, "failed": 8, "again": 0}
        sync_history.put_samples(work, [{"channel_id": pk, **one} for one in (ship, memo)])
        sync_history.put_count(work, Counted(pk, "hour", 31, ()))
        sync_history.put_count(work, Counted(pk, "day", 412, ("7731", "7745")))
        sync_history.put_count(work, Counted(ids["Shopify US"], "day", 88, ()))
        far = {**GOOD, "up": 0, "needs_person": 1, "error": "sync_token_expired"}
        sync_history.put_state(work, ids["Shopify US"], {**far, "offset_ms": 412_000})
        for number in ("8801", "8802"):
            aside = {"channel_id": pk, "external_id": number, "code": "unreadable"}
            kept = intake_rows.keep_aside(work, {**aside, "field": "order"}, b"{")
            dead = {"state": "dead", "fail_count": 5, "last_error": "sync_malformed"}
            work.update(kept_aside, kept, **dead)
        memo_write = outbox.put(work, Effect("memo_write", "m:1", pk))
        work.update(out, memo_write, state="dead", last_error="sync_server_error", attempts=5)
        work.tell("sync_measured", "channel")
        work.commit()
    return ids


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


def reported_shops(desk: DeskWorld) -> dict[str, int]:
    """The same shops with a week of reports, one day bad, and a week of looks at the flow."""
    ids = sick_shops(desk)
    now = desk.behind.clock.now()
    with desk.shop.book.work(worker("sync")) as work:
        for back in range(1, 8):
            rows = [_day_row(ids["Shop"], "orders", 1440, 4, 43_000)]
            rows.append(_day_row(ids["Shop"], "ship", 1000, 9 if back == 1 else 2, 0))
            rows.append(_day_row(ids["Shop"], "reserve", 412, 3 if back == 2 else 0, 15))
            middle = 75_400 if back == 1 else 21_000
            rows.append(_day_row(ids["Tea of our own"], "orders", 1000, 8, middle))
            sync_history.put_day(work, f"2026-02-{16 - back:02d}", rows)
        for n in range(7 * 24):
            at = now - (7 * 24 - 1 - n) * 3_600_000
            waits = (0.4, 2 + n % 24 / 6, 5 + n % 24 / 3, 30 + n % 48)
            states = ("awaiting_payment", "paid", "allocated", "shipped")
            for state, hours in zip(states, waits, strict=True):
                row = {"state": state, "n": 7 * int(1 + hours), "median_ms": int(hours * 3_600_000)}
                row |= {"id": work.ids.next(), "at": at, "oldest_ms": 3 * row["median_ms"]}
                work.insert(state_sample, row)
            lock = {"holding": 180 + n % 24, "waiting": n % 24 // 3, "writes": 1300}
            lock |= {"waited": 60 + 9 * (n % 24), "longest_ms": 38, "conflicts": n % 3}
            work.insert(lock_sample, {"id": work.ids.next(), "at": at, "span_ms": 900_000, **lock})
        work.insert(notice_route, {"id": work.ids.next(), "kind": "mail"})
        work.tell("sync_reported", "channel")
        work.commit()
    return ids


def _day_row(channel_id: int, link: str, asked: int, failed: int, median_ms: int) -> Row:
    figures = {"asked": asked, "failed": failed, "again": failed // 2, "median_ms": median_ms}
    came = 0 if link == "ship" else 412
    return {
        "channel_id": channel_id,
        "link": link,
        **figures,
        "came": came,
        "p95_ms": 2 * median_ms,
    }
