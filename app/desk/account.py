"""One's own account, from the person's menu: passphrase, PIN, second factor and language."""

from PySide6.QtWidgets import QWidget

from app.commands.people import ChangePassphrase, SetLanguage, SetPin
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.factor import SecondFactor
from app.desk.seat import News, Seat
from app.desk.watch import Desk
from app.reads import people
from app.reads.people import Account as Mine

LANGUAGES = ("", "zh", "en")


class Account:
    """Asks for what a person changes about themselves, and sends it."""

    def __init__(self, seat: Seat, window: QWidget, desk: Desk) -> None:
        """`desk` tells whether the shop is shown: nothing secret comes over a locked one."""
        self._seat, self._window = seat, window
        self._factor = SecondFactor(seat, window, desk)

    async def change(self, what: str) -> None:
        """Change one thing: ``passphrase``, ``pin``, ``factor`` or ``language``."""
        if what == "factor":
            await self._factor.change()
            return
        mine = await self._seat.see(people.myself)
        if mine is None:
            return
        if what == "passphrase":
            await self._passphrase()
        elif what == "pin":
            await self._pin(mine)
        else:
            await self._language(mine)

    # --- inside --------------------------------------------------------------------------------

    async def _passphrase(self) -> None:
        fields = (
            Field("old", "account.old", needed=True, secret=True),
            Field("chosen", "account.chosen", needed=True, secret=True),
            Field("again", "sign.again", needed=True, secret=True),
        )
        answer = await self._asked(Form("account.passphrase", "account.passphrase_text", fields))
        if answer is None:
            return
        if answer["chosen"] != answer["again"]:
            say = self._seat.speech.say
            self._seat.news.emit(News(say("sign.differ"), say("sign.differ_text")))
        elif await self._seat.do(ChangePassphrase(answer["old"], answer["chosen"])):
            self._done("account.passphrase_changed")

    async def _pin(self, mine: Mine) -> None:
        fields = (
            Field("passphrase", "sign.passphrase", needed=True, secret=True),
            Field("pin", "account.pin_digits", secret=True),
        )
        title = "account.pin_another" if mine.pin else "account.pin"
        answer = await self._asked(Form(title, "account.pin_text", fields))
        if answer is not None and await self._seat.do(SetPin(answer["passphrase"], answer["pin"])):
            self._done("account.pin_changed" if answer["pin"] else "account.pin_gone")

    async def _language(self, mine: Mine) -> None:
        speech = self._seat.speech
        words = tuple((lang, speech.say(f"account.lang_{lang or 'system'}")) for lang in LANGUAGES)
        asked = Field("lang", "account.lang", mine.lang, words)
        answer = await self._asked(Form("account.language", "account.language_text", (asked,)))
        if answer is not None and await self._seat.do(SetLanguage(answer["lang"])):
            speech.choose(answer["lang"] or self._seat.memory.recall("language", "system"))

    async def _asked(self, form: Form) -> Answers | None:
        return await ask(self._window, self._seat.speech, form)

    def _done(self, word: str) -> None:
        self._seat.news.emit(News(self._seat.speech.say(word), "", "good"))
