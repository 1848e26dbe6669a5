"""What the shop has decided once, so that nobody is asked at every order.

Defaults and the sentence beside each stand in ``resources/rules/shop.toml``; a shop's own choices
come on top of them through ``app.rulebook``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import get_type_hints

from app.domain.errors import RuleRefused
from app.domain.states import LockMoment, PaidPolicy, ShipTrigger

Choice = str | int | bool


@dataclass(frozen=True, slots=True)
class ShopPolicy:
    """The shop's choices; every field is a row of ``shop.toml``."""

    zone: str = "Asia/Shanghai"
    language: str = "zh"
    currency: str = "CNY"
    ship_trigger: ShipTrigger = ShipTrigger.WEIGH_OUT
    paid_policy: PaidPolicy = PaidPolicy.EITHER
    lock_moment: LockMoment = LockMoment.AT_PAYMENT
    soft_lock_minutes: int = 30
    firm_lock_alarm_hours: int = 72
    pickup_deadline_hours: int = 24
    ship_within_hours: int = 48
    label_template: str = "sf_100x150"
    label_printer: str = ""
    privacy_label: bool = True
    auto_review: bool = True
    auto_allocate: bool = True
    auto_waybill: bool = False
    auto_print: bool = False
    auto_writeback: bool = True
    reveals_per_hour: int = 30
    reveals_per_day: int = 100
    bulk_rows: int = 50
    audit_days: int = 400
    personal_data_days: int = 1_095
    after_sale_days: int = 30


def policy_from(choices: dict[str, Choice], file: str) -> ShopPolicy:
    """Return the policy these choices make; what is not named keeps its default.

    Raises RuleRefused, naming the file, the row and the word, for a choice that does not exist, a
    word it does not take, or a number below zero.
    """
    hints = get_type_hints(ShopPolicy)
    known = {field.name for field in fields(ShopPolicy)}
    read: dict[str, Choice] = {}
    for name, value in choices.items():
        if name not in known:
            raise RuleRefused(file=file, row=name, word=name)
        read[name] = _as(hints[name], value, file, name)
    return ShopPolicy(**read)  # type: ignore[arg-type]  # each value was read as its field's type


def _as(wanted: type, value: Choice, file: str, name: str) -> Choice:
    refusal = RuleRefused(file=file, row=name, word=str(value))
    if issubclass(wanted, StrEnum):
        if value not in {str(word) for word in wanted}:
            raise refusal
        return wanted(str(value))
    if type(value) is not wanted or (type(value) is int and value < 0):
        raise refusal
    return value
