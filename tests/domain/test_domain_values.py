"""Money, numbers, ids, masks and times hold what they promise for whatever comes in."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import masks, money, numbers, times
from app.domain.errors import (
    BadMoney,
    BadNumber,
    BadValue,
    MixedCurrencies,
    NumbersSpent,
    UnknownCurrency,
)
from app.domain.ids import EPOCH_MS, MAX_DESK, Snowflake, born_at, desk_of, first_at
from app.domain.money import Money
from app.domain.numbers import Number, NumberKind
from app.domain.times import Reading

CURRENCY = st.sampled_from(sorted(money.CURRENCIES))
MINOR = st.integers(-money.LARGEST, money.LARGEST)


@given(MINOR, CURRENCY)
def test_an_amount_reads_back_as_it_was_written(minor, currency):
    amount = Money(minor, currency)
    assert money.parse(amount.text(), currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.30", "CNY", 1230),
        ("12.3", "CNY", 1230),
        ("-0.05", "USD", -5),
        ("100.00", "JPY", 100),
        ("1.234", "KWD", 1234),
        (" 7 ", "EUR", 700),
        ("12.", "CNY", 1200),
    ],
)
def test_shops_ways_of_writing_an_amount_are_read(text, currency, minor):
    assert money.parse(text, currency).minor == minor


@pytest.mark.parametrize(
    "text", ["", "1,000.00", "1e3", "12.345", "NaN", "--1", "１２", ".5", "0x10", "9" * 19, "1 2"]
)
def test_what_is_no_amount_is_refused_and_never_rounded(text):
    with pytest.raises(BadMoney):
        money.parse(text, "CNY")


def test_two_currencies_never_meet_in_a_sum_or_a_comparison():
    yuan, dollar = Money(1, "CNY"), Money(1, "USD")
    for mixed in (lambda: yuan + dollar, lambda: yuan - dollar, lambda: yuan < dollar):
        with pytest.raises(MixedCurrencies):
            mixed()
    with pytest.raises(MixedCurrencies):
        assert yuan <= dollar
    with pytest.raises(UnknownCurrency):
        money.parse("1", "ZZZ")


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), CURRENCY)))
def test_totals_keep_each_currency_by_itself(rows):
    sums = money.totals(Money(minor, currency) for minor, currency in rows)
    assert {c: m.minor for c, m in sums.items()} == {
        c: sum(minor for minor, currency in rows if currency == c) for _, c in rows
    }
    assert list(sums) == sorted(sums)


KIND = st.sampled_from(NumberKind)
DAY = st.dates(date(2000, 1, 1), date(2999, 12, 31))


@pytest.mark.req("F201")
@given(KIND, DAY, st.integers(1, numbers.LARGEST_SERIAL))
def test_a_number_reads_back_as_it_was_written(kind, day, serial):
    number = Number(kind, day, serial)
    assert numbers.parse(f" {number.text().lower()} ") == number
    assert len(number.text()) == 16


@pytest.mark.req("F201")
def test_the_number_looks_as_people_know_it():
    assert Number(NumberKind.ORDER, date(2026, 2, 16), 892).text() == "SO20260216000892"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SO20260230000001",
        "XX20260216000892",
        "SO2026021600089",
        "SO20260216000000",
        "SO２0260216000892",
        "SO202602160008921",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(BadNumber):
        numbers.parse(text)


@pytest.mark.req("F201")
@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 400)), min_size=1, max_size=12))
def test_desks_without_a_network_never_give_out_the_same_number(desks):
    day, leased, given_out, leases = date(2026, 2, 16), 0, [], []
    for size, used in desks:
        block = numbers.lease(NumberKind.ORDER, day, leased, size)
        leases.append(block)
        leased = block.last
        for _ in range(min(used, size)):
            number, block = block.take()
            given_out.append(number.text())
    assert len(given_out) == len(set(given_out))
    assert not numbers.overlaps(leases)


def test_a_spent_lease_says_so_and_two_leases_of_one_run_are_found():
    day = date(2026, 2, 16)
    one = numbers.lease(NumberKind.ORDER, day, 0, 1)
    _, left = one.take()
    with pytest.raises(NumbersSpent):
        left.take()
    with pytest.raises(NumbersSpent):
        numbers.lease(NumberKind.ORDER, day, numbers.LARGEST_SERIAL)
    assert numbers.lease(NumberKind.ORDER, day, numbers.LARGEST_SERIAL - 1).last == 999_999
    assert numbers.overlaps([one, numbers.lease(NumberKind.ORDER, day, 0)])
    assert not numbers.overlaps([one, numbers.lease(NumberKind.CASE, day, 0)])


class WildClock:
    """A clock somebody keeps setting, forwards and back."""

    def __init__(self, moments):
        self._moments = iter(moments)
        self._last = EPOCH_MS

    def now(self):
        self._last = next(self._moments, self._last)
        return self._last

    def mono(self):
        return 0.0


@given(st.lists(st.integers(EPOCH_MS - 5, EPOCH_MS + 5), max_size=40), st.integers(0, MAX_DESK))
def test_ids_rise_whatever_the_clock_does(moments, desk):
    ids = Snowflake(WildClock(moments), desk)
    made = [ids.next() for _ in range(60)]
    assert made == sorted(set(made))
    assert all(desk_of(one) == desk and 0 <= one < 2**63 for one in made)


def test_a_millisecond_of_more_than_4096_ids_borrows_the_next_one():
    now = EPOCH_MS + 1000
    ids = Snowflake(WildClock([now]), 3)
    made = [ids.next() for _ in range(5000)]
    assert len(set(made)) == 5000
    assert born_at(made[0]) == now
    assert born_at(made[-1]) == now + 1
    assert made[0] >= first_at(now) > first_at(now - 1)


def test_a_restart_under_a_clock_set_back_goes_on_above_the_last_id():
    last = Snowflake(WildClock([EPOCH_MS + 9_000_000]), 7).next()
    again = Snowflake(WildClock([EPOCH_MS + 1]), 7, after=last)
    assert again.next() > last


def test_a_desk_number_beyond_ten_bits_is_refused():
    for desk in (-1, MAX_DESK + 1):
        with pytest.raises(BadValue):
            Snowflake(WildClock([]), desk)


@given(st.text(min_size=1, max_size=30))
def test_a_name_shows_its_first_character_and_nothing_else(name):
    shown = masks.mask_name(name)
    assert shown in {"", name.strip()[:1] + "**"}


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+86 138 1234 5678", "138****5678"),
        ("18412345678-1234", "184****5678-****"),
        ("18412345678转0042", "184****5678-****"),
        ("17000001111 ext. 99", "170****1111-****"),
        ("0755-12345678", "075****5678"),
        ("12345", "****45"),
        ("110", "****"),
        ("138****5678", "138****5678"),
        ("138******78", "138****78"),
        ("184****5678-1234", "184****5678-****"),
        ("***", "****"),
        ("", ""),
    ],
)
def test_phones_and_privacy_numbers_are_shown_as_the_trade_does(phone, shown):
    assert masks.mask_phone(phone) == shown


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_the_middle_of_a_mobile_is_never_on_a_screen(phone):
    shown = phone[:3] + "****" + phone[-4:]
    assert masks.mask_phone(phone) == shown
    assert masks.phone_tail(phone) == masks.phone_tail(shown) == phone[-4:]
    assert masks.mask_phone(shown) == shown
    assert masks.mask_note(f"打{phone}谢谢") == f"打{shown}谢谢"
    assert masks.mask_note(f"call +86{phone}.") == f"call {shown}."
    assert masks.mask_note(f"{phone[:3]} {phone[3:7]}-{phone[7:]}") == shown


@given(st.text("0123456789 -+转x#*", max_size=24))
def test_a_mask_never_shows_more_than_seven_digits(text):
    shown = masks.mask_phone(text)
    assert sum(c.isdigit() for c in shown) <= 7
    assert len(masks.phone_tail(text)) in {0, 4}


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("mail bo.li@shop.example.com now", "mail b***@shop.example.com now"),
        ("card 4111 1111 1111 1111 ok", "card 411111******1111 ok"),
        ("order 4111111111111112 ok", "order 4111111111111112 ok"),
        ("ring 0755-12345678", "ring 075****5678"),
        ("abroad +44 20 7946 0958", "abroad 442****0958"),
        ("SO20260216000892 送两件", "SO20260216000892 送两件"),
    ],
)
def test_notes_lose_people_and_cards_and_keep_the_rest(note, kept):
    assert masks.mask_note(note) == kept


def test_addresses_and_mail_show_where_to_and_not_whom():
    assert masks.mask_address("广东省", "深圳市", "南山区科技路1号") == "广东省深圳市****"
    assert masks.mask_address("北京市", "北京市", "x") == "北京市****"
    assert masks.mask_address("", "", "") == ""
    assert masks.mask_email("li@a.example") == "l***@a.example"
    assert masks.mask_email("no mail") == "****"
    assert masks.mask_email("") == ""


ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")


@pytest.mark.req("F085", "F087")
@given(
    st.datetimes(min_value=times.datetime(1990, 1, 2), max_value=times.datetime(2099, 12, 30)),
    st.sampled_from(ZONES),
)
def test_local_text_becomes_the_utc_moment_and_says_how(wall, zone):
    wall = wall.replace(microsecond=0)
    read = times.read(f"{wall:%Y-%m-%d %H:%M:%S}", zone)
    assert read.zone == zone
    shown = times.local(read.utc_ms, zone).replace(tzinfo=None)
    if read.reading is Reading.SKIPPED:
        assert shown > wall
    else:
        assert shown == wall


@pytest.mark.req("F087")
@pytest.mark.parametrize(
    ("raw", "zone", "utc", "reading"),
    [
        # 02:30 does not exist that night in New York; read forward it is 03:30 EDT.
        ("2026-03-08 02:30:00", "America/New_York", "2026-03-08T07:30:00Z", "skipped"),
        # 01:30 comes twice; the first is still EDT.
        ("2026-11-01 01:30:00", "America/New_York", "2026-11-01T05:30:00Z", "repeated"),
        ("2026/2/16 8:05", "Asia/Shanghai", "2026-02-16T00:05:00Z", "plain"),
        ("2026年2月16日 08:05:09", "Asia/Shanghai", "2026-02-16T00:05:09Z", "plain"),
        ("2026-02-16T08:05:00+02:00", "Asia/Shanghai", "2026-02-16T06:05:00Z", "offset"),
        ("2026-02-16T08:05:00Z", "Asia/Shanghai", "2026-02-16T08:05:00Z", "offset"),
        ("1771214400", "Asia/Shanghai", "2026-02-16T04:00:00Z", "offset"),
        ("1771214400000", "UTC", "2026-02-16T04:00:00Z", "offset"),
        ("2026-02-16", "Asia/Shanghai", "2026-02-15T16:00:00Z", "plain"),
    ],
)
def test_foreign_times_are_read_and_the_decision_is_kept(raw, zone, utc, reading):
    read = times.read(raw, zone)
    assert read == times.Conversion(raw, zone, read.utc_ms, Reading(reading))
    assert times.local(read.utc_ms, "UTC").strftime("%Y-%m-%dT%H:%M:%SZ") == utc


@pytest.mark.req("F086")
@given(st.text(max_size=40), st.text(max_size=12) | st.sampled_from(ZONES))
def test_no_text_in_no_zone_ever_loses_a_record(raw, zone):
    read = times.read(raw, zone)
    assert read.raw == raw
    assert (read.utc_ms is None) == (read.is_bad or read.reading is Reading.EMPTY)


@pytest.mark.req("F086")
@pytest.mark.parametrize(
    ("raw", "zone", "reading"),
    [
        ("2026-02-30 10:00:00", "UTC", "out_of_range"),
        ("2026-02-16 25:00:00", "UTC", "out_of_range"),
        ("1970-01-01 00:00:00", "UTC", "out_of_range"),
        ("9999-12-31 23:59:59", "America/New_York", "out_of_range"),
        ("2026-02-16T00:00:00+25:00", "UTC", "out_of_range"),
        ("yesterday", "UTC", "unreadable"),
        ("2026-02-16 10:00:00", "Moon/Base", "unknown_zone"),
        ("2026-02-16 10:00:00", "../../etc/passwd", "unknown_zone"),
        ("0000-00-00 00:00:00", "UTC", "empty"),
        ("", "UTC", "empty"),
    ],
)
def test_a_bad_time_says_what_is_wrong_with_it(raw, zone, reading):
    assert times.read(raw, zone) == times.Conversion(raw, zone, None, Reading(reading))


@pytest.mark.req("F085")
def test_a_time_ahead_of_our_clock_is_read_like_any_other():
    assert times.read("2088-01-01 00:00:00", "America/Los_Angeles").reading is Reading.PLAIN


def test_the_shops_day_and_text_follow_its_zone():
    late = times.read("2026-02-15T16:30:00Z", "UTC").utc_ms
    assert times.shop_day(late, "Asia/Shanghai") == date(2026, 2, 16)
    assert times.shop_text(late, "Asia/Shanghai") == "2026-02-16 00:30"
    assert times.is_zone("Asia/Shanghai")
    assert not times.is_zone("Nowhere")
    assert ZoneInfo("Asia/Shanghai")


def test_a_note_is_masked_of_the_orders_own_name_and_street_too() -> None:
    told = masks.mask_note("给王芳菲，狮山路 77 号，王叔叔代收", "王芳菲", "狮山路 77 号")
    assert told == "给王**，****，王叔叔代收"
    assert masks.mask_note("王 said no", "王", "") == "王 said no"
