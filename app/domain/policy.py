"""What the shop has decided once, so that nobody is asked at every order.

Defaults and the sentence beside each stand in ``resources/rules/shop.toml``; a shop's own choices
come on top of them through ``app.rulebook``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import get_type_hints
from urllib.parse import urlsplit

from app.domain.calendar import EVERY_DAY, ShopCalendar, cut_off_of, holidays_of, weekdays_of
from app.domain.deadlines import carrier_hours
from app.domain.errors import RuleRefused
from app.domain.money import CURRENCIES
from app.domain.packing import MustVerify, PackMode
from app.domain.states import LockMoment, PaidPolicy, PartShipment, ShipTrigger
from app.domain.times import is_zone

Choice = str | int | bool
WORDS = {"true": True, "false": False}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
DAY_ENDS = "20:00"
"""When a shop without a cut-off is taken to close."""
MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class ShopPolicy:
    """The shop's choices; every field is a row of ``shop.toml``."""

    shop_name: str = ""
    read_only: bool = False
    zone: str = "Asia/Shanghai"
    language: str = "zh"
    currency: str = "CNY"
    working_days: str = EVERY_DAY
    cut_off: str = ""
    holidays: str = ""
    ship_trigger: ShipTrigger = ShipTrigger.WEIGH_OUT
    pack_mode: PackMode = PackMode.PRINT_FIRST
    must_verify: MustVerify = MustVerify.BEGUN
    paid_policy: PaidPolicy = PaidPolicy.EITHER
    lock_moment: LockMoment = LockMoment.AT_PAYMENT
    soft_lock_minutes: int = 30
    counter_at: str = "22:00"
    firm_lock_alarm_hours: int = 72
    pickup_deadline_hours: int = 24
    pickup_hours: str = ""
    pickup_mail_to: str = ""
    ship_within_hours: int = 48
    label_template: str = "sf_100x150"
    label_printer: str = ""
    privacy_label: bool = True
    auto_review: bool = True
    auto_allocate: bool = True
    auto_waybill: bool = False
    auto_print: bool = False
    auto_writeback: bool = True
    part_shipment: PartShipment = PartShipment.LAST
    reveals_per_hour: int = 30
    reveals_per_day: int = 100
    bulk_rows: int = 50
    step_up_minutes: int = 5
    audit_days: int = 400
    heads_folder: str = ""
    sheet_to: str = ""
    sheet_at: str = ""
    idle_lock_minutes: int = 10
    idle_account_days: int = 60
    review_every_days: int = 91
    personal_data_days: int = 1_095
    after_sale_days: int = 30
    key_days: int = 90
    reserve_seconds: int = 3
    intake_minutes: int = 15
    stuck_hours: int = 8
    delay_seconds: int = 60
    oversell_orders: int = 3
    oversell_seconds: int = 60
    lock_failures: int = 3
    lock_failure_minutes: int = 5
    releases_an_hour: int = 20
    releases_percent: int = 30
    safety_stock: int = 5
    low_water: int = 50
    exposure_percent: int = 30
    exposure_told_percent: int = 50
    presale_days: int = 7
    backup_at: str = "02:30"
    backup_days: int = 14
    backup_weeks: int = 8
    backup_copy: str = ""
    update_url: str = ""

    def calendar(self) -> ShopCalendar:
        """The shop's working week."""
        return ShopCalendar(
            self.zone,
            weekdays_of(self.working_days),
            cut_off_of(self.cut_off),
            holidays_of(self.holidays),
        )

    def pickup_hours_of(self, carrier: str) -> int:
        """How many hours a carrier has from the shipping until its first scan."""
        return carrier_hours(self.pickup_hours).get(carrier, self.pickup_deadline_hours)

    def sheet_time(self) -> str:
        """When the end-of-day sheet makes itself, like 18:30: "" where it does not."""
        return (self.sheet_at or self.cut_off or DAY_ENDS) if self.sheet_to else ""


def _known_zone(text: str) -> None:
    if not is_zone(text):
        raise ValueError(text)


def _known_currency(text: str) -> None:
    if text not in CURRENCIES:
        raise ValueError(text)


def _time_of_day(text: str) -> None:
    if CLOCK.fullmatch(text) is None:
        raise ValueError(text)


def _time_or_none(text: str) -> None:
    if text:
        _time_of_day(text)


def paper(text: str) -> None:
    """A printer that takes A4, or a folder with its whole path; raises ValueError for another."""
    if text.startswith(("raw:", "raw-tspl:")):
        raise ValueError(text)
    if text.startswith("pdf:"):
        _folder(text.removeprefix("pdf:") or ".")


def _folder(text: str) -> None:
    """A whole path, on whichever system; empty is none."""
    if text and not text.startswith(("/", "\\\\")) and text[1:3] not in {":\\", ":/"}:
        raise ValueError(text)


def _mail(text: str) -> None:
    """One address mail can be handed in for; empty is none."""
    if text and MAIL.fullmatch(text) is None:
        raise ValueError(text)


def _link(text: str) -> None:
    """An address that is asked over TLS, or one of this computer's own; empty is none."""
    parts = urlsplit(text)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if text and not (safe and parts.hostname and "@" not in parts.netloc):
        raise ValueError(text)


#: what a choice of free text must be; each raises ValueError
FORMS: Mapping[str, Callable[[str], object]] = {
    "zone": _known_zone,
    "currency": _known_currency,
    "working_days": weekdays_of,
    "cut_off": cut_off_of,
    "holidays": holidays_of,
    "pickup_hours": carrier_hours,
    "pickup_mail_to": _mail,
    "sheet_to": paper,
    "sheet_at": _time_or_none,
    "backup_at": _time_of_day,
    "counter_at": _time_of_day,
    "backup_copy": _folder,
    "update_url": _link,
}


def policy_from(choices: dict[str, Choice], file: str) -> ShopPolicy:
    """Return the policy these choices make; what is not named keeps its default.

    Raises RuleRefused, naming the file, the row and the word, for a choice that does not exist, a
    word it does not take, a number below zero, or a text that is not of its form.
    """
    hints = get_type_hints(ShopPolicy)
    known = {field.name for field in fields(ShopPolicy)}
    read: dict[str, Choice] = {}
    for name, value in choices.items():
        if name not in known:
            raise RuleRefused(file=file, row=name, word=name)
        read[name] = _as(hints[name], value, file, name)
    return ShopPolicy(**read)  # type: ignore[arg-type]  # each value was read as its field's type


def choice_from(name: str, text: str) -> Choice:
    """Read a choice as a person wrote it: ``true``, a number or a word, as its row takes them.

    Raises RuleRefused for a choice that does not exist; what the word means is `policy_from`'s.
    """
    wanted = get_type_hints(ShopPolicy).get(name)
    if wanted is None:
        raise RuleRefused(file="settings", row=name, word=name)
    if wanted is bool:
        return WORDS.get(text, text)
    return int(text) if wanted is int and text.isdecimal() else text


def _as(wanted: type, value: Choice, file: str, name: str) -> Choice:
    refusal = RuleRefused(file=file, row=name, word=str(value))
    if issubclass(wanted, StrEnum):
        if value not in {str(word) for word in wanted}:
            raise refusal
        return wanted(str(value))
    if type(value) is not wanted or (type(value) is int and value < 0):
        raise refusal
    try:
        FORMS.get(name, str)(str(value))
    except ValueError:
        raise refusal from None
    return value
