"""A shop's first hour: its first admin, before anybody can sign in, and the steps after it."""

import msgspec
from sqlalchemy import select

from app.commands.founding import (
    FoundShop,
    KeepStep,
    PrintKit,
    ReadKit,
    ShopFacts,
    TryCarrier,
    TryChannel,
)
from app.commands.people import CreateOperator
from app.domain.actor import worker
from app.domain.errors import BadValue, NotInState
from app.domain.policy import Choice, policy_from
from app.operations import people
from app.operations.channels import refuse_real
from app.operations.laws import Laws, put_choice
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import settings, shops
from app.store.tables_record import operator
from app.store.work import Book, Work

OWNER = ("owner", "admin")
STEPS = ("kit", "stock", "printer", "carrier", "shop", "end")
STATES = ("done", "later")
STEP = "setup."


def found(book: Book, first: CreateOperator, *, demo: bool = False) -> int:
    """Give a new book its first member of staff; a book that has one is not founded again.

    Raises :class:`NotInState` for a shop that has staff already.
    """
    return _found(book, first, {"read_only": not demo}, steps=("facts", "kit", "end"), demo=demo)


def found_shop(book: Book, ask: FoundShop) -> int:
    """Give a new book its facts and its owner; it only watches until the owner says go.

    Raises :class:`NotInState` for a shop that has staff already.
    """
    owner = CreateOperator(ask.login, ask.name, ask.passphrase, OWNER)
    return _found(book, owner, facts_of(ask.shop) | {"read_only": True}, steps=("facts",))


def facts_of(shop: ShopFacts) -> dict[str, Choice]:
    """The shop's facts as choices among its rules.

    Raises :class:`RuleRefused` naming the one that is not of its form, :class:`BadValue` for a
    shop without a name.
    """
    facts: dict[str, Choice] = msgspec.structs.asdict(shop)
    if not shop.shop_name.strip():
        raise BadValue(field="shop_name", value="")
    policy_from(facts, "settings")
    return facts


def check(ask: FoundShop) -> None:
    """Look at everything that can be wrong before a key is made. Raises as `found_shop` does."""
    facts_of(ask.shop)
    people.check_newcomer(ask.login, ask.passphrase)


def has_people(book: Book) -> bool:
    """Whether anybody can sign in yet."""
    with book.work(worker("setup", host=book.host)) as work:
        return bool(work.rows(select(operator.c.id).limit(1)))


def _found(
    book: Book,
    first: CreateOperator,
    choices: dict[str, Choice],
    *,
    steps: tuple[str, ...],
    demo: bool = False,
) -> int:
    laws = Laws(book)
    with book.work(worker("setup", host=book.host)) as work:
        if work.rows(select(operator.c.id).limit(1)):
            raise NotInState(machine="shop", state="founded", action="found")
        pk = people.add_operator(work, first, laws.now)
        for name, value in choices.items():
            put_choice(work, name, value)
        for step in steps:
            _put_step(work, step, "done")
        if demo:
            shops.mark_demo(work)
        work.tell("shop_founded", "operator", pk)
        work.commit()
    return pk


def read_kit(_work: Work, _ask: ReadKit, _rules: Rulebook) -> None:
    """Put the look at the kit into the record; the keeper itself shows what it holds."""


def print_kit(_work: Work, _ask: PrintKit, _rules: Rulebook) -> None:
    """Put the printing of the kit into the record; the keeper itself prints what it holds."""


def try_channel(work: Work, ask: TryChannel, _rules: Rulebook) -> None:
    """Let keys be tried: never real ones in a demonstration."""
    refuse_real(work, ask.fields)


def try_carrier(work: Work, ask: TryCarrier, _rules: Rulebook) -> None:
    """Let an account be tried: never a real one in a demonstration."""
    refuse_real(work, ask.fields)


def keep_step(work: Work, ask: KeepStep, _rules: Rulebook) -> None:
    """Remember how far the first hour came, for this shop and every computer of it."""
    if ask.step not in STEPS or ask.state not in STATES:
        raise BadValue(field="step", value=f"{ask.step} {ask.state}")
    _put_step(work, ask.step, ask.state)


def _put_step(work: Work, step: str, state: str) -> None:
    settings.put(work, STEP + step, state)
    work.mark("settings")


VERBS = (
    Verb(ReadKit, read_kit, "kit.read", "kit_read", kept=False),
    Verb(PrintKit, print_kit, "kit.read", "kit_printed", kept=False),
    Verb(TryChannel, try_channel, "channel.connect", "channel_tried", kept=False),
    Verb(TryCarrier, try_carrier, "channel.connect", "carrier_tried", kept=False),
    Verb(KeepStep, keep_step, "settings.edit", "setup_step_kept"),
)
