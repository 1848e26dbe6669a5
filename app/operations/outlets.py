"""The outlets of carrier accounts: asked for, taken in, and when somebody is to be warned."""

from collections.abc import Sequence

from app.commands.carriers import ReadOutlets, WarnBelow
from app.domain.errors import BadValue
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import outlets
from app.store.outlets import OutletFigure
from app.store.tables import carrier_account
from app.store.work import Work
from sync.waybill_records import OutletRecord, PartyRecord

MOST = 1_000_000


def read_outlets(work: Work, ask: ReadOutlets, _rules: Rulebook) -> None:
    """Have an account's outlets read now; the keeper looks after every command."""
    work.row(carrier_account, ask.account_id)
    outlets.want(work, ask.account_id)


def warn_below(work: Work, ask: WarnBelow, _rules: Rulebook) -> None:
    """Set at how many numbers left somebody should buy more; BadValue outside 0 to a million."""
    if not 0 <= ask.numbers <= MOST:
        raise BadValue(field="numbers", value=str(ask.numbers))
    row = work.row(carrier_account, ask.account_id)
    work.update(carrier_account, row["id"], row["version"], warn_below=ask.numbers)
    work.mark("carriers", row["id"])


def taken(work: Work, account_id: int, told: Sequence[OutletRecord]) -> None:
    """What a carrier said of an account, in place of what it said before."""
    outlets.replace_all(work, account_id, [_figure(one) for one in told])


def _figure(told: OutletRecord) -> OutletFigure:
    senders = tuple(_line(one) for one in told.senders)
    return OutletFigure(
        told.courier[:40], told.code[:80], told.name[:200], told.left, tuple(filter(None, senders))
    )


def _line(party: PartyRecord) -> str:
    """An address in one line, without the name of who stands there."""
    parts = (party.province, party.city, party.district, party.address)
    return " ".join(filter(None, parts))[:300]


VERBS = (
    Verb(ReadOutlets, read_outlets, "sync.now", "outlets_wanted"),
    Verb(WarnBelow, warn_below, "sync.schedule", "warning_set"),
)
