"""What people do with their own proofs: step up, take a second factor, print codes, give it up."""

from app.commands.approvals import (
    CodesHanded,
    ConfirmFactor,
    DropFactor,
    EnrolFactor,
    FactorBegun,
    Fresh,
    PrintCodes,
    PrintedCodes,
    PutCodesOnPaper,
    ResetFactor,
    StepUp,
)
from app.domain.approval import COOLING_MS, FactorMissing
from app.domain.errors import NotAllowed, Refusal, SignInFailed
from app.domain.errors_people import CodesOnPaperOnly
from app.operations import proving, requests, second_factor, weights
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store.work import Work

ISSUER = "Waydesk"
OWN = "desk.use"
LONGEST = 40
"""Signs of a name in an app: the picture stays one that a phone reads."""


def prove_afresh(work: Work, ask: StepUp, rules: Rulebook) -> Fresh:
    """Prove that it is still the same person; good for ``step_up_minutes`` on this session."""
    proof = proving.prove(work, proving.asker(work), ask.passphrase, ask.code, rules)
    proving.mark_fresh(work, work.actor.session_id, proof)
    return Fresh(until=proving.fresh_until(work, rules))


def count_wrong(work: Work, _ask: StepUp, refusal: Refusal) -> None:
    """Remember a wrong try of the one who sits here."""
    if work.actor.operator_id:
        proving.count_wrong(work, proving.asker(work), refusal)


def enrol_factor(work: Work, _ask: EnrolFactor, _rules: Rulebook) -> FactorBegun:
    """Make a new secret and show it once; the old one serves until the new one is confirmed."""
    secret, app = second_factor.begin(work, work.actor.operator_id)
    uri = app.get_provisioning_uri(work.actor.name[:LONGEST], ISSUER)
    return FactorBegun(uri=uri, secret=second_factor.typed(secret))


def confirm_factor(work: Work, ask: ConfirmFactor, _rules: Rulebook) -> PrintedCodes:
    """Put the new secret in force and print codes for the day the phone is lost.

    Raises :class:`FactorMissing` when none was begun, :class:`SignInFailed` for a wrong code.
    """
    me = work.actor.operator_id
    row = second_factor.of(work, me)
    if row is None or row["next_ct"] is None:
        raise FactorMissing
    counts_from = _counts_from(work)
    if not second_factor.confirm(work, row, ask.code, counts_from):
        raise SignInFailed
    return PrintedCodes(codes=second_factor.print_codes(work, me, counts_from))


def print_codes(work: Work, _ask: PrintCodes, _rules: Rulebook) -> PrintedCodes:
    """Make ten new printed codes; those printed before end."""
    codes = second_factor.print_codes(work, work.actor.operator_id, _counts_from(work))
    return PrintedCodes(codes=codes)


def put_codes_on_paper(work: Work, ask: PutCodesOnPaper, rules: Rulebook) -> CodesHanded:
    """Let one's own codes be printed; the keeper hands them to the printer.

    Raises :class:`CodesOnPaperOnly` for a printer that writes files, :class:`SignInFailed` for
    words that are not all unused codes of one's own: nothing else is printed under their title.
    """
    printer = ask.printer or rules.policy.label_printer
    if not printer or printer.startswith("pdf:"):
        raise CodesOnPaperOnly
    if not second_factor.are_printed(work, work.actor.operator_id, ask.codes):
        raise SignInFailed
    return CodesHanded(work.actor.name, printer)


def drop_factor(work: Work, _ask: DropFactor, _rules: Rulebook) -> None:
    """Give the second factor up. Raises :class:`FactorMissing` when there is none."""
    if second_factor.of(work, work.actor.operator_id) is None:
        raise FactorMissing
    second_factor.drop(work, work.actor.operator_id)


def reset_factor(work: Work, ask: ResetFactor, _rules: Rulebook) -> None:
    """Take a lost second factor away; its owner signs in with the passphrase and takes a new one.

    Raises :class:`NotAllowed` for one's own, which is given up by proving it, and
    :class:`FactorMissing` when there is none.
    """
    _resettable(work, ask)
    second_factor.drop(work, ask.operator_id)
    work.mark("people", ask.operator_id)


def _resettable(work: Work, ask: ResetFactor) -> None:
    if ask.operator_id == work.actor.operator_id:
        raise NotAllowed(permission="user.manage")
    if second_factor.of(work, ask.operator_id) is None:
        raise FactorMissing


def _counts_from(work: Work) -> int:
    """A new factor counts for somebody alone after a day, unless one that counts vouched for it."""
    vouched = proving.proved_by_counting(work) or requests.founded_today(work)
    return work.now if vouched else work.now + COOLING_MS


def _afresh(_work: Work, _ask: object, rules: Rulebook) -> Weight:
    """One's own proofs change by a fresh one only."""
    return weights.by_law(rules, OWN, step_up=True)


def _reset_weight(_work: Work, _ask: ResetFactor, rules: Rulebook) -> Weight:
    """Whoever takes a factor away could then guess a passphrase: two people look at it."""
    return weights.by_law(rules, "user.manage", two_people=True)


def _reset_facts(work: Work, ask: ResetFactor, _rules: Rulebook) -> Facts:
    _resettable(work, ask)
    return weights.about_person(work, ask.operator_id)


VERBS = (
    Verb(StepUp, prove_afresh, OWN, "stepped_up", kept=False, refused=count_wrong),
    Verb(EnrolFactor, enrol_factor, OWN, "factor_begun", kept=False, weigh=_afresh),
    Verb(ConfirmFactor, confirm_factor, OWN, "factor_set", kept=False, weigh=_afresh),
    Verb(PrintCodes, print_codes, OWN, "codes_printed", kept=False, weigh=_afresh),
    Verb(PutCodesOnPaper, put_codes_on_paper, OWN, "codes_on_paper", kept=False),
    Verb(DropFactor, drop_factor, OWN, "factor_dropped", weigh=_afresh),
    Verb(
        ResetFactor,
        reset_factor,
        "user.manage",
        "factor_reset",
        reason=True,
        weigh=_reset_weight,
        facts=_reset_facts,
    ),
)
