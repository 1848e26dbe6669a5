"""What stands between a person and their command: a fresh proof, or somebody else's consent.

Both are cards over the window. A command that may be sent again is; one that waits for somebody
is kept, so that whoever asked does it with one press once it was agreed to.
"""

from typing import Any

from PySide6.QtWidgets import QWidget

from app.commands.approvals import ConsentTo, Fresh, StepUp
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.seat import News, Seat, Then
from app.domain.errors import WaydeskError
from app.reads.approvals import RequestRow, one_request

OWN = "desk.use"
STEP_UP, APPROVAL = "step_up_needed", "approval_needed"
WRONG = frozenset(
    {"sign_in_failed", "account_locked", "self_approval", "not_allowed", "not_independent"}
)


class Consent:
    """Asks for what is missing, at the window it belongs to."""

    def __init__(self, window: QWidget, seat: Seat) -> None:
        self._window, self._seat = window, seat
        self._founder = False

    async def settle(self, command: Any, error: WaydeskError) -> Then:
        """Ask the person, or somebody beside them, for what the door wants."""
        if error.code == STEP_UP:
            return await self._step_up(error)
        if error.code == APPROVAL:
            return await self._approval(command, error)
        return Then.TELL

    # --- a fresh proof --------------------------------------------------------------------------

    async def _step_up(self, error: WaydeskError) -> Then:
        say, text = self._seat.speech.say, "consent.prove_text"
        own = error.details.get("permission") == OWN
        fields = [Field("passphrase", "consent.passphrase", needed=True, secret=True)]
        if error.details.get("factor") == "totp":
            fields.append(Field("code", "consent.code", needed=True))
        right = say("consent.own" if own else f"permission.{error.details.get('permission', '')}")
        args: dict[str, str | int] = {"right": right, "n": self._seat.law.policy.step_up_minutes}
        while True:
            form = Form("consent.prove", text, tuple(fields), "consent.prove_done", args=args)
            answer = await ask(self._window, self._seat.speech, form)
            if answer is None:
                return Then.LEFT
            proof = StepUp(answer["passphrase"], answer.get("code", ""))
            try:
                await self._seat.link.ask(proof, Fresh)
            except WaydeskError as no:
                if no.code != "sign_in_failed":
                    raise
                text = "consent.prove_wrong"
            else:
                return Then.AGAIN

    # --- somebody else's consent ----------------------------------------------------------------

    async def _approval(self, command: Any, error: WaydeskError) -> Then:
        pk, who = int(error.details["approval_id"]), error.details.get("who")
        now = self._seat.clock.now()
        asked = await self._seat.see(one_request, pk, now)
        if asked is None:
            return Then.TELL
        self._seat.left[pk] = command
        if who == "later":
            self._say("consent.later", "consent.later_text", error)
            return Then.LEFT
        self._founder = who == "founder"
        return await self._at_this_desk(asked, error, alone=who in {"self", "founder"})

    async def _at_this_desk(self, asked: RequestRow, error: WaydeskError, *, alone: bool) -> Then:
        """Let whoever may sign here, or leave it waiting."""
        wrong: WaydeskError | None = None
        while True:
            answer = await self._signature(asked, wrong, alone=alone)
            if answer is None:
                self._say("consent.left", "consent.left_text", error)
                return Then.LEFT
            login = answer.get("login", "") or (self._seat.signed_login if alone else "")
            signed = ConsentTo(asked.id, login, answer["passphrase"], answer["code"])
            try:
                await self._seat.link.ask(signed, type(None))
            except WaydeskError as no:
                if no.code not in WRONG:
                    raise
                wrong = no
            else:
                self._seat.left.pop(asked.id, None)
                return Then.AGAIN

    async def _signature(
        self, asked: RequestRow, wrong: WaydeskError | None, *, alone: bool
    ) -> Answers | None:
        speech = self._seat.speech
        fields = [
            Field("passphrase", "consent.passphrase", needed=True, secret=True),
            Field(
                "code",
                "consent.code" if alone and not self._founder else "consent.code_if_any",
                needed=alone and not self._founder,
            ),
        ]
        if not alone:
            fields.insert(0, Field("login", "consent.login", needed=True))
        text = "consent.alone_text" if alone else "consent.other_text"
        text = "consent.founder_text" if self._founder else text
        text = "consent.wrong" if wrong is not None else text
        args: dict[str, str | int] = {
            "what": request_words(self._seat, asked),
            "wrong": " ".join(speech.error(wrong)) if wrong is not None else "",
        }
        form = Form(
            "consent.alone" if alone else "consent.other",
            text,
            tuple(fields),
            "consent.agree",
            args=args,
            away="consent.leave",
        )
        return await ask(self._window, speech, form)

    def _say(self, title: str, text: str, error: WaydeskError) -> None:
        say = self._seat.speech.say
        ready = str(error.details.get("ready", ""))
        self._seat.news.emit(News(say(title), say(text, ready=ready), "warning"))


def request_words(seat: Seat, asked: RequestRow) -> str:
    """What a request asks for, in a person's words: amounts with their sign, codes by name."""
    facts = dict(asked.facts)
    currency = str(facts.get("currency", ""))
    for name in ("amount", "amount_before"):
        if isinstance(facts.get(name), int):
            facts[name] = seat.speech.money(int(facts[name]), currency)
    key = f"asked.{asked.kind}"
    if not seat.speech.words.has(key):
        return seat.speech.say(f"permission.{asked.permission}")
    return seat.speech.tell(key, facts)
