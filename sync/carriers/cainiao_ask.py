"""From a `WaybillAsk` to the exact text of cainiao.waybill.ii.get, and what it cannot be asked.

Field names are those of open.taobao.com ("电子面单云打印接口"). The receiver of a Taobao or Tmall
trade is masked for everybody: its oaid goes along, by which Cainiao knows them, with the trade's
number it belongs to.
"""

from dataclasses import dataclass

from sync.carriers.cloudprint import ORDERS, order_of, party, refuse_gaps
from sync.carriers.ewaybill import refuse_foreign
from sync.carriers.prepared import exact_text
from sync.errors import Rejected
from sync.waybill_records import WaybillAsk

PLATFORMS = frozenset({"taobao"})
MOST_OAID = 128


@dataclass(frozen=True, slots=True)
class CainiaoAccount:
    """What the shop typed beside its keys.

    `cp_code` is the courier, `user_id` the seller's number on the platform, `channel` the market
    the shop is on (TB Taobao, TM Tmall), `template_url` the form of the label, "" for the
    courier's first.
    """

    cp_code: str
    user_id: str
    channel: str = "TB"
    template_url: str = ""


def apply_text(ask: WaybillAsk, account: CainiaoAccount) -> bytes:
    """The one parameter of cainiao.waybill.ii.get; raises Rejected naming what it would refuse."""
    refuse_foreign(ask, PLATFORMS)
    oaid = ask.receiver_cipher
    if len(oaid) > MOST_OAID or any(mark in oaid for mark in "\n*{"):
        raise Rejected("ewaybill_receiver_unknown", text=ask.order_id)
    refuse_gaps(ask.sender, ask.receiver, hidden=bool(oaid))
    known = {"oaid": oaid, "tid": ask.order_id} if oaid else {}
    order = order_of(ask, account.channel, account.user_id, account.template_url)
    return exact_text(
        {
            "cp_code": account.cp_code,
            "need_encrypt": True,
            "sender": party(ask.sender),
            ORDERS: [{**order, "recipient": {**party(ask.receiver), **known}}],
        }
    )
