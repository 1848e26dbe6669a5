"""From a `WaybillAsk` to the exact text of pdd.waybill.get, and what it cannot be asked.

Field names are those of open.pinduoduo.com ("电子面单云打印接口").
"""

from dataclasses import dataclass, replace

from sync.carriers.cloudprint import ORDERS, order_of, party, refuse_gaps
from sync.carriers.ewaybill import kept_cipher, refuse_foreign
from sync.carriers.prepared import exact_text
from sync.waybill_records import PartyRecord, WaybillAsk

PLATFORMS = frozenset({"pinduoduo"})
CHANNEL = "PDD"


@dataclass(frozen=True, slots=True)
class PddAccount:
    """What the shop typed beside its keys.

    `wp_code` is the courier, `user_id` the shop's number on the platform, `template_url` the form
    of the label, "" for the courier's first.
    """

    wp_code: str
    user_id: str
    template_url: str = ""


def apply_text(ask: WaybillAsk, account: PddAccount) -> bytes:
    """The one parameter of pdd.waybill.get; raises Rejected naming what would be refused."""
    refuse_foreign(ask, PLATFORMS)
    receiver = sealed_receiver(ask)
    refuse_gaps(ask.sender, receiver, hidden=False)
    order = order_of(ask, CHANNEL, account.user_id, account.template_url)
    return exact_text(
        {
            "need_encrypt": True,
            "sender": party(ask.sender),
            ORDERS: [{**order, "recipient": party(receiver)}],
            "wp_code": account.wp_code,
        }
    )


def sealed_receiver(ask: WaybillAsk) -> PartyRecord:
    """The receiver in the platform's own ciphertexts, none of them opened; plain where it is."""
    kept = kept_cipher(ask)
    if not kept:
        return ask.receiver
    return replace(
        ask.receiver,
        name=kept.get("receiver_name") or ask.receiver.name,
        phone=kept.get("contact_mobile") or kept.get("receiver_phone") or ask.receiver.phone,
        address=kept.get("receiver_address") or kept.get("address") or ask.receiver.address,
    )
