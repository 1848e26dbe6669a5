"""`waydesk setup`: a shop's first hour on the terminal, from its key to its first orders.

What has been answered is kept step by step; a set-up that was stopped goes on where it was. Every
change goes through the door under the name of the first administrator.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from app.cli.hands import Hands
from app.cli.setup_answers import Answers, Person, read_answers
from app.cli.setup_stock import read_stock
from app.commands.approvals import StepUp
from app.commands.channels import ConnectCarrier, ConnectChannel, SetSender
from app.commands.people import Created, CreateOperator, SignedIn, SignIn, SignOut
from app.commands.stock import AddLocation, OpenStock
from app.domain.connections import Connection, Kind
from app.domain.errors import BookInUse, DemoOnly, Refusal, StepUpNeeded
from app.domain.recovery_kit import make_kit
from app.operations.all_verbs import VERBS
from app.operations.door import Door
from app.operations.founding import found
from app.operations.laws import Laws
from app.process.field_files import with_texts
from app.process.locks import wait_lock
from app.rulebook import load
from app.store.backup import BOOK_FILE
from app.store.engine import postgres_engine, sqlite_engine
from app.store.founded import Founded, founded
from app.store.os_keyring import OsKeyring, pinned_backend
from app.store.restore import KEEPER_LOCK
from app.store.vault import has_vault, is_demo, new_in_keyring, new_with_passphrase
from app.store.work import Book

SENTENCE = "Set a shop up on the terminal: key, administrator, stock, carrier and shop."
WAIT_S = 5.0
KEYRING, PASSPHRASE = "keyring", "passphrase"
NONE = "none"
Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True)
class Probes:
    """How a connection is tried before it is kept; each raises what is wrong with it.

    ``shop`` is given platform, zone and fields and gives back codes of what is worth knowing
    though they work, ``carrier`` its code and fields.
    """

    shop: Callable[[str, str, Mapping[str, str]], tuple[str, ...]]
    carrier: Callable[[str, Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class SetupPart:
    """The command, with its way to the outside and to the person."""

    probes: Probes
    person: Callable[[], Person | None]
    SENTENCE: str = SENTENCE

    def flags(self, parser: argparse.ArgumentParser) -> None:
        """An answers file; what it does not say is asked for."""
        parser.add_argument("answers", type=Path, nargs="?", help="a file of answers (TOML)")

    def run(self, chosen: argparse.Namespace, hands: Hands) -> int:
        """Ask for what is missing and set the shop up; give the exit code.

        Raises:
            BookInUse: the background service works on the folder.
            DemoOnly: the folder is a demonstration's, whose passphrase is published.
            AnswerMissing: an answer stands in no file and nobody is there to be asked.
        """
        if is_demo(hands.settings.folder):
            raise DemoOnly(what=str(hands.settings.folder))
        served = load().connections
        written = read_answers(chosen.answers, served) if chosen.answers else {}
        answers = Answers(hands.words, hands.lang, written, self.person())
        with _book(hands, answers) as book:
            setup = Setup(hands, answers, self.probes, book)
            setup.run()
        return 0


class Setup:
    """The steps, each done once and skipped when it stands."""

    def __init__(self, hands: Hands, answers: Answers, probes: Probes, book: Book) -> None:
        self._hands, self._answers, self._probes, self._book = hands, answers, probes, book
        self._door = Door(book, Laws(book), VERBS)
        self._session, self._again = "", StepUp("")

    def run(self) -> None:
        """Do every step that is missing."""
        there = founded(self._book)
        if there == Founded(True, there.warehouse, True, True, True, True) and there.warehouse:
            self._hands.say("setup.all_there")
            return
        if not there.staff:
            self._until_well("admin", self._admin)
        else:
            self._until_well("admin", self._sign_in)
        try:
            for section, missing, step in self._steps(there):
                if missing:
                    self._until_well(section, step)
        finally:
            self._do(SignOut(), type(None))
        self._hands.say("setup.done")

    def _steps(self, there: Founded) -> tuple[tuple[str, bool, Callable[[], None]], ...]:
        return (
            ("warehouse", not there.warehouse, self._warehouse),
            ("stock", not there.stock, self._stock),
            ("sender", not there.sender, self._sender),
            ("carrier", not there.carrier, self._carrier),
            ("shop", not there.shop, self._shop),
        )

    def _until_well(self, section: str, step: Callable[[], None]) -> None:
        """Do a step; a person whose answers did not fit is told why and asked again."""
        while True:
            try:
                step()
            except Refusal as no:
                if not self._answers.can_ask_again(section):
                    raise
                for sentence in self._hands.words.told(no, self._hands.lang):
                    self._hands.out.write(sentence + "\n")
            else:
                return

    def _admin(self) -> None:
        answers = self._answers
        login, name = answers.text("admin", "login"), answers.text("admin", "name")
        passphrase = answers.new_secret("admin", "passphrase")
        found(self._book, CreateOperator(login, name or login, passphrase, ("owner", "admin")))
        self._enter(login, passphrase)
        self._hands.say("setup.admin_there", login=login)

    def _sign_in(self) -> None:
        login = self._answers.text("admin", "login")
        self._enter(login, self._answers.secret("admin", "passphrase"))

    def _enter(self, login: str, passphrase: str) -> None:
        self._session = self._do(SignIn(login, passphrase), SignedIn).session
        self._again = StepUp(passphrase)

    def _warehouse(self) -> None:
        self._do(AddLocation(self._answers.text("warehouse", "name", "Main")), Created)

    def _stock(self) -> None:
        file = self._answers.text("stock", "file", "")
        if not file:
            self._hands.say("setup.no_stock")
            return
        rows = read_stock(Path(file).expanduser())
        self._do(OpenStock(founded(self._book).warehouse, rows), type(None))
        self._hands.say("setup.stock_there", codes=len(rows), units=sum(row[2] for row in rows))

    def _sender(self) -> None:
        names = SetSender.__struct_fields__
        self._do(SetSender(*(self._answers.text("sender", name) for name in names)), type(None))

    def _carrier(self) -> None:
        answers, served = self._answers, self._door.laws.now.connections
        names = [row.name for row in served.of(Kind.CARRIER)]
        carrier = answers.choice("carrier", "kind", [*names, NONE])
        if carrier == NONE:
            self._hands.say("setup.no_carrier")
            return
        fields = answers.fields("carrier", self._first(served.get(Kind.CARRIER, carrier)))
        self._probes.carrier(carrier, fields)
        name = answers.text("carrier", "name", carrier.upper())
        self._do(ConnectCarrier(carrier, name, fields), Created)
        self._hands.say("setup.carrier_there", name=name)

    def _shop(self) -> None:
        answers, served = self._answers, self._door.laws.now.connections
        names = [row.name for row in served.of(Kind.PLATFORM)]
        platform = answers.choice("shop", "platform", names)
        other_end = self._first(served.get(Kind.PLATFORM, platform))
        name = answers.text("shop", "name")
        fields = with_texts(other_end, answers.fields("shop", other_end))
        policy = self._door.laws.now.policy
        zone = answers.text("shop", "zone", policy.zone)
        currency = answers.text("shop", "currency", policy.currency)
        for note in self._probes.shop(platform, zone, fields):
            self._hands.say(f"errors.{note}.title")
            self._hands.say(f"errors.{note}.remedy")
        self._do(ConnectChannel(platform, name, zone, currency, fields), Created)
        self._hands.say("setup.shop_there", name=name)

    def _first(self, other_end: Connection) -> Connection:
        """Say whether it can be connected at all, before anything is asked."""
        if other_end.first:
            self._hands.say(f"connection.{other_end.name}.first")
        return other_end

    def _do(self, ask: msgspec.Struct, reply: type[Reply]) -> Reply:
        """Do one command; whoever typed for long is the one who signed in a while ago."""
        try:
            answer = self._door.do(self._hands.ids.next(), ask, self._session)
        except StepUpNeeded:
            self._door.do(self._hands.ids.next(), self._again, self._session)
            answer = self._door.do(self._hands.ids.next(), ask, self._session)
        return msgspec.msgpack.decode(answer.result, type=reply)


@contextmanager
def _book(hands: Hands, answers: Answers) -> Iterator[Book]:
    """The folder's book, for this process alone; a new folder gets its key first."""
    folder = hands.settings.folder
    lock = wait_lock(folder / KEEPER_LOCK, WAIT_S)
    if lock is None:
        raise BookInUse(folder=str(folder))
    try:
        kek = hands.key() if has_vault(folder) else _new_key(hands, answers)
        where = hands.settings.book
        engine = postgres_engine(where) if where else sqlite_engine(folder / BOOK_FILE)
        try:
            yield hands.opener(kek).open(engine, hands.place())
        finally:
            engine.dispose()
    finally:
        lock.release()


def _new_key(hands: Hands, answers: Answers) -> bytes:
    """Make the shop's key, where the person wants it, and print what restores it."""
    folder, backend = hands.settings.folder, pinned_backend()
    given = hands.settings.passphrase
    keep_in = PASSPHRASE if given or backend is None else answers.text("vault", "keep_in", KEYRING)
    if keep_in == KEYRING and backend is not None:
        kek = new_in_keyring(folder, OsKeyring(backend), hands.rng)
    else:
        passphrase = given or answers.new_secret("vault", "passphrase")
        kek = new_with_passphrase(folder, passphrase, hands.rng)
    hands.say("setup.key_made")
    hands.out.write(f"\n{make_kit(kek)}\n\n")
    return kek
