"""What JD's e-waybill answers: `resultInfo` with statusCode 0 for a yes, words for a no.

JD publishes no list of the other codes, so a no is known by its words: "busy" and its like leave a
number unknown, "exists" means that it is there, all others are a no that a person reads
(open.jd.com, jingdong.ldop.alpha.*, jingdong.printing.printData.pullData).
"""

import re
from collections.abc import Mapping
from typing import Any

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.ewaybill import COURIERS, refused
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.reading import mapping, minor, rows, text
from sync.waybill_records import OutletRecord, PartyRecord, PrintData, WaybillAnswer

COMPONENT = "jd"
FRANCHISE = 2
_AGAIN = re.compile("重试|系统|繁忙|超时|异常|不可用")
_THERE = re.compile("已存在|重复|已获取|已绑定")
_UNBOUND = re.compile("已(经)?(解绑|取消)|未绑定|重复(解绑|取消)")


def refusal_of(code: str, words: str) -> SyncError:
    """What a no means, by its words; one without any leaves all open."""
    known = {"foreign_code": code[:40] or "-", "text": words}
    if not words or _AGAIN.search(words):
        return Ambiguous("jd_ewaybill_away", **known)
    if _THERE.search(words):
        return AlreadyThere(**known)
    return refused(Rejected(**known))


def good(info: Mapping[str, Any]) -> Any:
    """The data of a yes; raises the error that stands for JD's no."""
    code = minor(info.get("statusCode"), 0)
    if code is None:
        raise Malformed("sync_unread_answer", why="statusCode")
    if code != 0:
        raise refusal_of(str(code), text(info.get("statusMessage")))
    return info.get("data")


def is_unbound(no: SyncError) -> bool:
    """Whether a refused void was refused because it is void already."""
    return _UNBOUND.search(str(no.details.get("text", ""))) is not None


def number_of(data: Any, order: str) -> str:
    """The one number of a yes; Ambiguous where it has none, or speaks of another order."""
    content = mapping(data)
    listed = content.get("waybillCodeList")
    numbers = [text(one) for one in listed] if isinstance(listed, list) else []
    told = text(content.get("platformOrderNo"))
    if told and told != order:
        raise Ambiguous("jd_ewaybill_other_order", foreign_code=told[:40])
    if len(numbers) != 1 or not numbers[0]:
        raise Ambiguous("jd_ewaybill_no_number", foreign_code=order)
    return numbers[0]


def answer_of(reference: str, number: str, mark: Mapping[str, Any], raw: bytes) -> WaybillAnswer:
    """The waybill with what sorters read, as far as JD told it."""
    parts = (text(mark.get("secondSectionCode")), text(mark.get("thirdSectionCode")))
    centre = text(mark.get("gatherCenterName")) or text(mark.get("gatherCenterCode"))
    provider = text(mark.get("providerCode"))
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=(),
        routing_mark=text(mark.get("bigShotName")) or text(mark.get("bigShotCode")),
        sort_code="-".join(part for part in parts if part) or centre,
        dest_code=text(mark.get("gatherCenterCode")),
        two_dimension_code="",
        product_name="",
        receiver_digest=None,
        raw=raw,
        courier=COURIERS.get(provider, provider.lower()),
    )


def mark_of(data: Any, number: str) -> Mapping[str, Any]:
    """The row of marks of one number; {} where there is none. One may stand without its list."""
    found = rows(data) if isinstance(data, list) else [mapping(data)]
    mine = (row for row in found if text(row.get("waybillCode")) in {"", number})
    return next(mine, {})


def label_of(told: Mapping[str, Any], number: str) -> PrintData:
    """The sealed label of a number.

    Raises:
        Rejected: JD gives none.
        Malformed: an answer that is none.
    """
    if text(told.get("code")) != "1":
        raise _no(text(told.get("code")), text(told.get("message")))
    for row in rows(told.get("prePrintDatas")):
        if text(row.get("wayBillNo")) != number:
            continue
        if text(row.get("perPrintData")):
            return PrintData(COMPONENT, text(row.get("perPrintData")))
        raise _no(text(row.get("code")), text(row.get("msg")))
    raise Malformed("sync_unread_answer", why="prePrintDatas")


def outlets_of(data: Any) -> tuple[OutletRecord, ...]:
    """The couriers' branches a shop has an agreement with, and what is left there."""
    if not isinstance(data, list):
        raise Malformed("sync_unread_answer", why="data")
    return tuple(_outlet(row) for row in rows(data))


def _outlet(row: Mapping[str, Any]) -> OutletRecord:
    place, amount = mapping(row.get("address")), minor(row.get("amount"), 0)
    counted = minor(row.get("operationType"), 0) == FRANCHISE and amount is not None
    town = text(place.get("countrysideName"))
    sender = PartyRecord(
        name="",
        phone="",
        province=text(place.get("provinceName")),
        city=text(place.get("cityName")),
        district=text(place.get("countryName")),
        address=f"{town}{text(place.get('address'))}",
    )
    return OutletRecord(
        courier=text(row.get("providerCode")),
        code=text(row.get("branchCode")) or text(row.get("settlementCode")),
        name=text(row.get("branchName")) or text(row.get("providerName")),
        left=amount if counted else None,
        senders=(sender,) if place else (),
    )


def _no(code: str, words: str) -> SyncError:
    """A label JD does not give: a no only where it says why."""
    if not words or _AGAIN.search(words):
        return Malformed("sync_unread_answer", why=f"pullData {code[:20]}")
    return refused(Rejected(foreign_code=code[:40] or "-", text=words))
