"""Who is told outside Waydesk: of the record's head by mail, of a bad day by mail and chat."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Select, select

from app.commands.notices import SetMail, SetWecom
from app.domain.deadlines import HOUR_MS
from app.domain.errors import BadValue
from app.domain.times import local
from app.operations.channels import refuse_real
from app.operations.day_sheet import said_head
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases
from app.store import outbox as box
from app.store.cases import Notice
from app.store.outbox import Effect
from app.store.seal import Row
from app.store.tables_notice import notice_route
from app.store.tables_record import outbox
from app.store.work import Work
from sync.notices.mail import SECURITIES, Letter, MailAsk, MailServer, is_address, letter_of
from sync.notices.wecom import is_robot

MAIL, WECOM = "mail", "wecom"
FAILED = {MAIL: "mail_failed", WECOM: "chat_failed"}
#: the hour of the shop's day after which the day's head is mailed
HOUR = 20
MOST_PORT = 65_535
AGAIN_MS = 15 * 60_000
PICKUPS = "pickup_mail:"
MOST_NAMED = 100
"""Parcels named in one mail; the exceptions list has them all."""


@dataclass(frozen=True, slots=True)
class Parcelled:
    """One mail as it is handed in: its row, the server, and the bytes, the same on every try."""

    row: Row
    server: MailServer
    letter: Letter


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it is said into a group: its row, the robot's address, and the text."""

    row: Row
    address: str = field(repr=False)
    text: str = field(repr=False)


def set_wecom(work: Work, ask: SetWecom, rules: Rulebook) -> None:
    """Keep the robot of the group that is told of what is wrong; a first word is said at once.

    Raises :class:`BadValue` for what is no robot's address. Empty: the group is told no more.
    """
    route, address = _route(work, WECOM), ask.address.strip()
    if not address:
        if route is not None:
            work.update(notice_route, route["id"], state="off")
        return
    if not is_robot(address):
        raise BadValue(field="address", value="")
    refuse_real(work, {"address": address})
    _keep_route(work, WECOM, route, {"address": address})
    cases.settle_about(work, WECOM, (FAILED[WECOM],), "connected_again")
    _put_text(work, f"wecom_hello:{work.command_id}", _said(rules, "notice.hello"))


def set_mail(work: Work, ask: SetMail, rules: Rulebook) -> None:
    """Keep where mail is handed in and who gets it; what cannot be is refused by its field."""
    route = _route(work, MAIL)
    if not ask.to.strip():
        if route is not None:
            work.update(notice_route, route["id"], state="off")
        return
    _check(ask)
    refuse_real(work, {"host": f"smtp://{ask.host.strip()}"})
    known = _fields(work, route) if route is not None else {}
    fields = {name: getattr(ask, name) for name in ask.__struct_fields__}
    fields["password"] = ask.password or known.get("password", "")
    _keep_route(work, MAIL, route, fields)
    cases.settle_about(work, MAIL, (FAILED[MAIL],), "connected_again")
    key = _key_of_day(work, rules)
    _put(work, rules, f"{key}:{work.command_id}" if box.knows(work, key) else key)


def _keep_route(work: Work, kind: str, route: Row | None, fields: dict[str, Any]) -> None:
    pk = route["id"] if route is not None else work.ids.next()
    plain = msgspec.json.encode(fields)
    closed = work.keys.encrypt("notice_route", pk, "credentials_ct", plain)
    values: Row = {"state": "on", "last_error": "", "credentials_ct": closed}
    if route is None:
        work.insert(notice_route, {"id": pk, "kind": kind, **values})
    else:
        work.update(notice_route, pk, **values)


def _check(ask: SetMail) -> None:
    for name in ("sender", "to"):
        if not is_address(getattr(ask, name).strip()):
            raise BadValue(field=name, value=getattr(ask, name))
    if not ask.host.strip():
        raise BadValue(field="host", value="")
    if not 0 < ask.port <= MOST_PORT:
        raise BadValue(field="port", value=str(ask.port))
    if ask.security not in SECURITIES:
        raise BadValue(field="security", value=ask.security)


def put_daily(work: Work, rules: Rulebook) -> bool:
    """Put the day's mail into the outbox once its hour has passed; whether one was put.

    A day whose mail is there already gets no second one, whoever asks how often.
    """
    if not is_on(work, MAIL):
        return False
    key = _key_of_day(work, rules)
    return bool(not box.knows(work, key) and _put(work, rules, key))


def _key_of_day(work: Work, rules: Rulebook) -> str:
    """The key of the mail of the last day whose hour has passed."""
    day = local(work.now, rules.policy.zone) - timedelta(hours=HOUR)
    return f"head_mail:{day:%Y-%m-%d}"


def _put(work: Work, rules: Rulebook, key: str) -> int:
    head = said_head(work, rules)
    say, lang = rules.words.say, rules.policy.language
    now = local(work.now, rules.policy.zone)
    facts = {"day": f"{now:%Y-%m-%d %H:%M}", "place": head.place, "en": head.en, "zh": head.zh}
    facts["hash"] = head.digest
    subject = say("mail.subject", lang, **facts)
    body = {"subject": subject, "text": say("mail.text", lang, **facts), "at": work.now}
    return box.put(work, Effect(MAIL, key, body=body))


def put_probe(work: Work, rules: Rulebook, failed: list[tuple[str, str]]) -> bool:
    """Put one mail a day about lines that failed before the day began; whether one was put.

    ``failed`` holds each shop's name and the code of what is wrong.
    """
    day = local(work.now, rules.policy.zone)
    key = f"probe_mail:{day:%Y-%m-%d}"
    if not is_on(work, MAIL) or box.knows(work, key):
        return False
    say, lang = rules.words.say, rules.policy.language
    shops = "\n".join(f"{name}: {code}" for name, code in failed)
    facts = {"day": f"{day:%Y-%m-%d %H:%M}", "n": str(len(failed)), "shops": shops}
    subject = say("mail.probe_subject", lang, **facts)
    body = {"subject": subject, "text": say("mail.probe_text", lang, **facts), "at": work.now}
    return bool(box.put(work, Effect(MAIL, key, body=body)))


def put_pickups(work: Work, rules: Rulebook) -> bool:
    """Put one mail about parcels newly found without a first scan, at most one an hour (F184).

    It goes to the warehouse lead where the shop names one, else to whoever gets the daily mail.
    """
    if not is_on(work, MAIL):
        return False
    last = work.rows(_pickup_mails().order_by(outbox.c.id.desc()).limit(1))
    told_at = int(box.body_of(work, last[0])["at"]) if last else 0
    if work.now - told_at < HOUR_MS:
        return False
    late = cases.opened_since(work, "pickup_overdue", told_at)
    if not late:
        return False
    say, lang = rules.words.say, rules.policy.language
    facts = [msgspec.json.decode(row["args_json"]) for row in late]
    line = partial(say, "mail.pickup_line", lang)
    shown = "\n".join(line(**one) for one in facts[:MOST_NAMED])
    told = {"n": str(len(facts)), "parcels": shown}
    body = {
        "subject": say("mail.pickup_subject", lang, **told),
        "text": say("mail.pickup_text", lang, **told),
        "at": work.now,
        "to": rules.policy.pickup_mail_to,
    }
    return bool(box.put(work, Effect(MAIL, f"{PICKUPS}{work.now}", body=body)))


def _pickup_mails() -> Select[Any]:
    return select(outbox).where(outbox.c.kind == MAIL, outbox.c.intent_key.startswith(PICKUPS))


def put_report(work: Work, rules: Rulebook, day: str, lines: list[str]) -> int:
    """Tell, by mail and in the group, what was bad about a day's syncing; how many ways it goes.

    A day is told once each way, however often its report is made (F091).
    """
    facts = {"day": day, "lines": "\n".join(lines)}
    text, n = _said(rules, "notice.report_text", **facts), 0
    if is_on(work, MAIL) and not box.knows(work, f"report_mail:{day}"):
        subject = _said(rules, "notice.report_subject", **facts)
        body = {"subject": subject, "text": text, "at": work.now}
        n += bool(box.put(work, Effect(MAIL, f"report_mail:{day}", body=body)))
    if is_on(work, WECOM) and not box.knows(work, f"report_wecom:{day}"):
        n += bool(_put_text(work, f"report_wecom:{day}", text))
    return n


def _put_text(work: Work, key: str, text: str) -> int:
    return box.put(work, Effect(WECOM, key, body={"text": text}))


def _said(rules: Rulebook, word: str, **facts: str) -> str:
    return str(rules.words.say(word, rules.policy.language, **facts))


def spoken(work: Work, row: Row) -> Said | None:
    """The message of an outbox row, opened; None when there is no group to tell any more."""
    route = _route(work, WECOM)
    if route is None or route["state"] != "on":
        return None
    return Said(row, str(_fields(work, route)["address"]), str(box.body_of(work, row)["text"]))


def is_on(work: Work, kind: str) -> bool:
    """Whether anybody is told this way."""
    route = _route(work, kind)
    return route is not None and route["state"] == "on"


def parcelled(work: Work, row: Row) -> Parcelled | None:
    """The mail of an outbox row, opened; None when there is nobody to mail to any more."""
    route = _route(work, MAIL)
    if route is None or route["state"] != "on":
        return None
    fields, body = _fields(work, route), box.body_of(work, row)
    login = (fields["user"], fields["password"])
    server = MailServer(fields["host"].strip(), fields["port"], fields["security"], *login)
    at = datetime.fromtimestamp(body["at"] / 1000, UTC)
    who = (fields["sender"].strip(), body.get("to") or fields["to"].strip())
    ask = MailAsk(*who, body["subject"], body["text"], row["intent_key"], at)
    return Parcelled(row, server, letter_of(ask))


def sent(work: Work, row: Row) -> None:
    """The server has it."""
    box.settle(work, row["id"], "done", last_error="")
    cases.settle_about(work, row["kind"], (FAILED[row["kind"]],), "mail_sent")


def dropped(work: Work, row: Row) -> None:
    """Nobody wants it any more."""
    box.settle(work, row["id"], "done", last_error="mail_off")


def later(work: Work, row: Row, code: str, *, unknown: bool) -> None:
    """Again in a quarter of an hour; ``unknown``: it may have arrived, and keeps its id."""
    state = "unknown" if unknown else "ready"
    box.settle(work, row["id"], state, next_at=work.now + AGAIN_MS, last_error=code)


def refused(work: Work, rules: Rulebook, row: Row, code: str, text: str) -> None:
    """A definite no: the mail is given up, and an exception says why."""
    box.settle(work, row["id"], "dead", last_error=code)
    kind = row["kind"]
    notice = Notice(FAILED[kind], subject=kind, args={"code": code, "text": text[:200]})
    cases.open_case(work, rules.cases, notice)


def _route(work: Work, kind: str) -> Row | None:
    rows = work.rows(select(notice_route).where(notice_route.c.kind == kind))
    return work.checked(notice_route, rows[0]) if rows else None


def _fields(work: Work, route: Row) -> dict[str, Any]:
    closed = route["credentials_ct"]
    plain = work.keys.decrypt("notice_route", route["id"], "credentials_ct", closed)
    return dict(msgspec.json.decode(plain or b"{}"))


VERBS = (
    Verb(SetMail, set_mail, "channel.connect", "mail_set"),
    Verb(SetWecom, set_wecom, "channel.connect", "wecom_set"),
)
