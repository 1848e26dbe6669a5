"""Keys of shops and carriers: new ones put in, old ones asked for, unused ones forgotten (F098)."""

from typing import Any

from sqlalchemy import Table, select

from app.commands.founding import TryCarrier, TryChannel
from app.commands.privacy import RenewCredentials, RetireCredentials
from app.commands.schedule import CheckConnection
from app.domain.errors import BadValue, NotInState
from app.domain.personal_data import DAY_MS
from app.operations import waybill_answers, waybill_intents
from app.operations.channels import refuse_real
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import accounts, cases, credentials, shops
from app.store.cases import Notice
from app.store.seal import Row
from app.store.tables import carrier_account, channel, waybill
from app.store.tables_record import case, outbox
from app.store.work import Work

CONNECT = "channel.connect"
OLD = "key_old"
TABLES: dict[str, Table] = {"channel": channel, "carrier": carrier_account}
_SENDING = ("ready", "leased", "unknown")
_ASKING = ("intent", "requesting", "unknown", "voiding")


def renew_credentials(work: Work, ask: RenewCredentials, rules: Rulebook) -> None:
    """Put new keys in; the next call uses them, and what waited for them goes on.

    Raises :class:`BadValue` when no field, or an empty one, was given.
    """
    row = _owner(work, ask.kind, ask.owner_id)
    fields = {name: value.strip() for name, value in ask.fields.items()}
    if not fields or not all(fields.values()):
        raise BadValue(field="fields", value="")
    if ask.kind == "channel":
        whole = shops.fields_of(work, row["id"]) | fields
        refuse_real(work, whole)
        same = {name: row[name] for name in ("platform", "name", "zone", "currency")}
        shops.put_shop(work, same, whole)
    else:
        whole = accounts.credentials_of(work, row) | fields
        refuse_real(work, whole)
        accounts.put_carrier(work, row["carrier"], row["name"], whole)
        waybill_answers.key_renewed(work, f"{row['carrier']}:{row['id']}")
        waybill_intents.ewaybill_connected(work, rules, row["carrier"])
    for case_id in _old_cases(work, row["id"]):
        cases.settle(work, case_id, "connected_again", work.actor.name)


def retire_credentials(work: Work, ask: RetireCredentials, _rules: Rulebook) -> None:
    """Forget the keys and use the connection no more; its orders stay, and it can come back.

    Raises :class:`NotInState` while something is still on its way there.
    """
    row = _owner(work, ask.kind, ask.owner_id)
    if row["state"] == "off":
        raise NotInState(machine="credential", state="off", action="retire_credentials")
    if _is_busy(work, ask.kind, row):
        raise NotInState(machine="credential", state="busy", action="retire_credentials")
    work.update(TABLES[ask.kind], row["id"], state="off", credentials_ct=None)
    credentials.retired(work, row["id"])
    for case_id in _old_cases(work, row["id"]):
        cases.settle(work, case_id, "retired", work.actor.name)
    work.mark("channels" if ask.kind == "channel" else "carriers", row["id"])


def check_connection(work: Work, ask: CheckConnection, _rules: Rulebook) -> None:
    """Let a kept connection be tried; the keeper itself asks the other end, outside the book.

    Raises :class:`BadValue` unless one shop or one carrier is named, and :class:`NotInState` for
    one whose keys were retired.
    """
    as_typed(work, ask)


def as_typed(work: Work, ask: CheckConnection) -> TryChannel | TryCarrier:
    """A kept connection as somebody would type it in, for this process alone: keys in clear.

    Raises as `check_connection` does.
    """
    if bool(ask.channel_id) == bool(ask.carrier_id):
        raise BadValue(field="channel_id", value="")
    kind = "channel" if ask.channel_id else "carrier"
    row = _owner(work, kind, ask.channel_id or ask.carrier_id)
    if row["state"] == "off":
        raise NotInState(machine="credential", state="off", action="check_connection")
    if kind == "channel":
        return TryChannel(row["platform"], row["zone"], shops.fields_of(work, row["id"]))
    return TryCarrier(row["carrier"], accounts.credentials_of(work, row))


def watch(work: Work, rules: Rulebook) -> int:
    """Open an exception for every key that is older than the shop wants; how many are new."""
    before = len(work.marked.get("cases", ()))
    for row in credentials.older_than(work, work.now - rules.policy.key_days * DAY_MS):
        name = work.row(TABLES[row["kind"]], row["owner_id"])["name"]
        args: dict[str, str | int] = {"name": name, "days": (work.now - row["put_at"]) // DAY_MS}
        where = row["owner_id"] if row["kind"] == "channel" else 0
        notice = Notice(OLD, 0, where, subject=str(row["owner_id"]), args=args)
        cases.open_case(work, rules.cases, notice)
    return len(work.marked.get("cases", ())) - before


def _owner(work: Work, kind: str, owner_id: int) -> Row:
    if kind not in TABLES:
        raise BadValue(field="kind", value=kind)
    return work.row(TABLES[kind], owner_id)


def _is_busy(work: Work, kind: str, row: Row) -> bool:
    """Whether something still has to reach the other side under these keys."""
    query: Any = select(outbox.c.id).where(
        outbox.c.channel_id == row["id"], outbox.c.state.in_(_SENDING)
    )
    if kind == "carrier":
        query = select(waybill.c.id).where(
            waybill.c.carrier_account == f"{row['carrier']}:{row['id']}",
            waybill.c.state.in_(_ASKING),
        )
    return bool(work.rows(query.limit(1)))


def _old_cases(work: Work, owner_id: int) -> list[int]:
    query = select(case.c.id).where(
        case.c.kind == OLD, case.c.subject == str(owner_id), case.c.state != "settled"
    )
    return [row["id"] for row in work.rows(query)]


VERBS = (
    Verb(RenewCredentials, renew_credentials, CONNECT, "credentials_renewed"),
    Verb(CheckConnection, check_connection, "sync.schedule", "connection_checked", kept=False),
    Verb(RetireCredentials, retire_credentials, CONNECT, "credentials_retired", reason=True),
)
