"""The platforms whose lists are walked backwards by windows of the last change."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sync.channels import douyin, jd_sp, weidian, youzan
from tests.sync import douyin_world, jd_sp_world, pinduoduo_world, weidian_world, youzan_world
from tests.sync.platform_world import Platform

_USUAL = ("throttle", "unavailable", "garbage", "duplicate", "reorder", "shift", "inner")


def _beijing(told: str) -> int:
    at = datetime.fromisoformat(told).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return int(at.timestamp())


def _of_douyin(box: Any) -> list[tuple[int, int, int]]:
    return [
        (p["page"] + 1, p["update_time_start"], p["update_time_end"])
        for method, p in box.heard
        if method == "order.searchList" and "update_time_start" in p
    ]


def _of_pinduoduo(box: Any) -> list[tuple[int, int, int]]:
    return [
        (int(p["page"]), int(p["start_updated_at"]), int(p["end_updated_at"]))
        for p in box.heard
        if p["type"] == "pdd.order.number.list.increment.get"
    ]


def _of_youzan(box: Any) -> list[tuple[int, int, int]]:
    return [
        (p["page_no"], _beijing(p["start_update"]), _beijing(p["end_update"]))
        for method, p in box.heard
        if method == youzan_world.LIST and "start_update" in p
    ]


def _of_weidian(box: Any) -> list[tuple[int, int, int]]:
    return [
        (p["page_num"], _beijing(p["update_start"]), _beijing(p["update_end"]))
        for method, p in box.heard
        if method == weidian_world.LIST and "update_start" in p
    ]


def _of_jd_sp(box: Any) -> list[tuple[int, int, int]]:
    return [
        (int(p["page"]), (int(p["startTime"]) + 1) // 1000, int(p["endTime"]) // 1000)
        for p in jd_sp_world.asked(box)
    ]


DOUYIN = Platform(
    "douyin",
    "order.searchList",
    _USUAL,
    8,
    douyin_world.sandbox,
    douyin_world.straight,
    douyin_world.seed,
    _of_douyin,
    douyin,
)
YOUZAN = Platform(
    "youzan",
    youzan_world.LIST,
    _USUAL,
    8,
    youzan_world.sandbox,
    youzan_world.straight,
    youzan_world.seed,
    _of_youzan,
    youzan,
)
WEIDIAN = Platform(
    "weidian",
    weidian_world.LIST,
    _USUAL,
    8,
    weidian_world.sandbox,
    weidian_world.straight,
    weidian_world.seed,
    _of_weidian,
    weidian,
)
JD_SP = Platform(
    "jd_sp",
    jd_sp_world.LIST,
    _USUAL,
    8,
    jd_sp_world.sandbox,
    jd_sp_world.straight,
    jd_sp_world.seed,
    _of_jd_sp,
    jd_sp,
)
PINDUODUO = Platform(
    "pinduoduo",
    "pdd.order.number.list.increment.get",
    (*_USUAL, "resting"),
    10,
    pinduoduo_world.sandbox,
    pinduoduo_world.straight,
    pinduoduo_world.seed,
    _of_pinduoduo,
    patience_s=480,
)
ALIKE = (DOUYIN, YOUZAN, WEIDIAN, JD_SP)
"""Those that are walked by sync.windows."""
ALL = (*ALIKE, PINDUODUO)
