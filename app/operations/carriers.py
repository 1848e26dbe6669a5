"""Which of the shop's carrier accounts numbers are taken from (F186)."""

from app.commands.carriers import ChooseCarriers
from app.domain.errors import BadValue, NotFound
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import accounts, settings
from app.store.work import Work


def choose_carriers(work: Work, ask: ChooseCarriers, _rules: Rulebook) -> None:
    """Set the usual account and its back-up, from the next number on.

    Raises:
        NotFound: no such account, or one whose keys were retired.
        BadValue: the same account twice.
    """
    known = {row["id"] for row in accounts.carriers(work)}
    for pk in (ask.usual, ask.backup):
        if pk and pk not in known:
            raise NotFound(what="carrier", id=str(pk))
    if ask.usual and ask.usual == ask.backup:
        raise BadValue(field="backup", value=str(ask.backup))
    settings.put(work, accounts.CHOSEN, [ask.usual, ask.backup])
    work.mark("carriers")


VERBS = (Verb(ChooseCarriers, choose_carriers, "sync.schedule", "carriers_chosen", reason=True),)
