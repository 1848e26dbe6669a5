"""What foreign words mean: edited by the shop, and whatever waited for a word is read again."""

from app.commands.orders import MapStatus
from app.domain.errors import BadValue, RuleRefused
from app.domain.states import Machine
from app.domain.status import Mapped, check_word
from app.operations import intake
from app.operations.intake_change import settle_stock
from app.operations.intake_follow import follow
from app.operations.intake_read import claim_of
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, intake_rows, status_rows
from app.store.tables import channel, orders
from app.store.work import Work


def map_status(work: Work, ask: MapStatus, rules: Rulebook) -> None:
    """Say what a word means; the orders that waited for it go on at once, without a restart (F009).

    Raises :class:`BadValue` for a machine or a state Waydesk does not have, and for a shop that is
    not on this platform.
    """
    if ask.channel_id and work.row(channel, ask.channel_id)["platform"] != ask.platform:
        raise BadValue(field="platform", value=ask.platform)
    if ask.machine not in set(Machine):
        raise BadValue(field="machine", value=ask.machine)
    machine = Machine(ask.machine)
    try:
        check_word(machine, ask.status, "status_map", ask.raw)
    except RuleRefused:
        raise BadValue(field="status", value=ask.status) from None
    word = Mapped(ask.platform, machine, ask.raw, ask.status, ask.sentence, ask.sentence)
    status_rows.put(work, word, ask.channel_id)
    for case_id, order_id in intake_rows.waiting_for_word(
        work, ask.platform, machine.value, ask.raw, ask.channel_id
    ):
        cases.settle(work, case_id, "mapped", work.actor.name)
        told = ask.raw if machine is Machine.PAYMENT else ""
        read_again(work, rules, order_id, told)


def read_again(work: Work, rules: Rulebook, order_id: int, raw_payment: str = "") -> None:
    """Take an order where its platform's words put it, as they are understood now.

    The record itself is not needed: its words, lines, receiver and proofs stand in the book since
    it came in.
    """
    row = work.row(orders, order_id)
    ground = intake.ground_of(work, rules, row["channel_id"])
    claim = claim_of(ground, row["raw_status"], raw_payment)
    follow(work, ground, order_id, claim)
    settle_stock(work, ground, order_id)


VERBS = (Verb(MapStatus, map_status, "mapping.edit", "status_mapped", renews=True),)
