"""Shops and carriers the shop works with: connecting them, and asking for a pull."""

import re
from urllib.parse import urlsplit

from app.commands.channels import ConnectCarrier, ConnectChannel, PullNow, SetSender
from app.commands.people import Created
from app.domain.errors import BadValue, DemoOnly
from app.domain.money import CURRENCIES
from app.domain.times import is_zone
from app.operations import waybill_answers, waybill_intents
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import accounts, cases, shops, status_rows
from app.store.work import Work

# A field may be a whole file with addresses in it.
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s\"'<>]*")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def connect_channel(work: Work, ask: ConnectChannel, rules: Rulebook) -> Created:
    """Add a shop, or give one of the same name new keys; its words get their first meanings."""
    for name, value in (("platform", ask.platform), ("name", ask.name)):
        if not value.strip():
            raise BadValue(field=name, value=value)
    if not is_zone(ask.zone):
        raise BadValue(field="zone", value=ask.zone)
    if ask.currency not in CURRENCIES:
        raise BadValue(field="currency", value=ask.currency)
    refuse_real(work, ask.fields)
    row = {
        "platform": ask.platform,
        "name": ask.name.strip(),
        "zone": ask.zone,
        "currency": ask.currency,
    }
    pk = shops.put_shop(work, row, ask.fields)
    status_rows.seed(work, rules.status, ask.platform, rules.policy.language)
    return Created(pk)


def connect_carrier(work: Work, ask: ConnectCarrier, rules: Rulebook) -> Created:
    """Add a carrier account, or give one of the same name new keys: what waited goes on."""
    if not ask.carrier.strip():
        raise BadValue(field="carrier", value=ask.carrier)
    refuse_real(work, ask.fields)
    pk = accounts.put_carrier(work, ask.carrier, ask.name, ask.fields)
    waybill_answers.key_renewed(work, f"{ask.carrier}:{pk}")
    waybill_intents.ewaybill_connected(work, rules, ask.carrier)
    cases.settle_about(work, "", (waybill_intents.LACKS,), "connected_again")
    status_rows.seed(work, rules.status, ask.carrier, rules.policy.language)
    return Created(pk)


def set_sender(work: Work, ask: SetSender, _rules: Rulebook) -> None:
    """Set the address parcels are sent from; a courier needs name, phone and street."""
    fields = {name: str(getattr(ask, name)).strip() for name in ask.__struct_fields__}
    for name in ("name", "phone", "address"):
        if not fields[name]:
            raise BadValue(field=name, value="")
    accounts.put_sender(work, fields)
    cases.settle_about(work, "", (waybill_intents.LACKS,), "connected_again")


def pull_now(work: Work, ask: PullNow, _rules: Rulebook) -> None:
    """Read a shop's orders now; the sync looks after every command."""
    shops.want_pull(work, ask.channel_id)


def refuse_real(work: Work, fields: dict[str, str]) -> None:
    """Keep real keys out of a book whose passphrase is published.

    Raises :class:`DemoOnly` unless every address is on this computer, and there is one: a carrier
    without an address means the real one.
    """
    if not shops.is_demo(work):
        return
    told = [each for value in fields.values() for each in _ADDRESS.findall(value)]
    hosts = [urlsplit(each).hostname for each in told]
    if not hosts or not LOOPBACK.issuperset(host or "" for host in hosts):
        raise DemoOnly(what=str(next((host for host in hosts if host not in LOOPBACK), "")))


VERBS = (
    Verb(ConnectChannel, connect_channel, "channel.connect", "channel_connected"),
    Verb(ConnectCarrier, connect_carrier, "channel.connect", "carrier_connected"),
    Verb(SetSender, set_sender, "settings.edit", "sender_set"),
    Verb(PullNow, pull_now, "sync.now", "pull_wanted"),
)
