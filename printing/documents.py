"""What a label says: values that any part of Waydesk may make, without knowing how labels look."""

from dataclasses import dataclass

from printing.legible import grouped, legible


@dataclass(frozen=True, slots=True)
class Party:
    """Sender or receiver as they shall stand on paper; the caller has masked what must be masked.

    `lines` is the address, the widest place first, each line a paragraph of its own.
    """

    name: str
    phone: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelDocument:
    """One waybill label of one parcel.

    `routing_mark` is what sorters read (SF `destRouteLabel`, 大头笔), `sort_code` SF's
    `codingMapping`, `two_dimension_code` the QR text exactly as the carrier gave it
    (carriers_labels.md A1 and C). `parcel_no` reads "1/2". `copy_no` from 2 on prints a reprint
    mark. `printed_at_text` is the time in the shop's zone, written by the caller.
    """

    waybill_no: str
    routing_mark: str
    sort_code: str
    two_dimension_code: str
    carrier_name: str
    product_name: str
    sender: Party
    receiver: Party
    goods: tuple[str, ...] = ()
    order_no: str = ""
    parcel_no: str = "1/1"
    copy_no: int = 1
    printed_at_text: str = ""
    remark: str = ""
    payment: str = ""
    weight: str = ""


FIELDS: tuple[str, ...] = (
    "waybill_no",
    "waybill_grouped",
    "routing_mark",
    "sort_code",
    "two_dimension_code",
    "carrier_name",
    "product_name",
    "sender_name",
    "sender_phone",
    "sender_address",
    "sender_lines",
    "receiver_name",
    "receiver_phone",
    "receiver_address",
    "receiver_lines",
    "goods",
    "order_no",
    "parcel_no",
    "copy",
    "printed_at",
    "remark",
    "payment",
    "weight",
)
"""Every word a template may put in braces; `copy` is empty on the first copy."""


def fields_of(document: LabelDocument) -> dict[str, str]:
    """Return the document as legible texts by template word; list fields keep their line breaks.

    The QR text is the one exception: it is a machine's data and stays as the carrier gave it.
    """
    plain = {
        name: legible(getattr(document, name))
        for name in (
            *("waybill_no", "routing_mark", "sort_code", "carrier_name", "product_name"),
            *("order_no", "parcel_no", "remark", "payment", "weight"),
        )
    }
    return {
        **plain,
        **_party("sender", document.sender),
        **_party("receiver", document.receiver),
        "waybill_grouped": grouped(plain["waybill_no"]),
        "two_dimension_code": document.two_dimension_code,
        "goods": _lines(document.goods),
        "copy": str(document.copy_no) if document.copy_no > 1 else "",
        "printed_at": legible(document.printed_at_text),
    }


def _party(role: str, party: Party) -> dict[str, str]:
    lines = _lines(party.lines)
    return {
        f"{role}_name": legible(party.name),
        f"{role}_phone": legible(party.phone),
        f"{role}_lines": lines,
        f"{role}_address": lines.replace("\n", " "),
    }


def _lines(texts: tuple[str, ...]) -> str:
    return "\n".join(line for text in texts if (line := legible(text)))
