"""How each shop sells: when its orders hold goods, and what part of the free goods it may offer."""

from app.commands.selling import ClearPool, SetPool, SetSelling
from app.domain.connections import Kind
from app.domain.errors import BadValue, NotFound
from app.domain.errors_selling import NoStockUpload, PoolsOverdrawn
from app.domain.pools import WHOLE, Pool, Selling, shares_of
from app.domain.states import LockKind, LockMoment, OrderState
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import products, selling
from app.store.stock import FIRM, Terms
from app.store.tables import channel
from app.store.work import Work

MINUTE_MS = 60_000
LONGEST_MINUTES = 10_080  # a week, as soft_lock_minutes of the shop's rules
MOST = 1_000_000_000


def terms_for(rules: Rulebook, law: Selling, state: str, now: int) -> Terms | None:
    """How a shop that sells like this reserves for an order in this state; None: not now."""
    moment = law.moment(rules.policy)
    if moment == LockMoment.NIGHTLY:
        return None
    if state in {OrderState.PAID, OrderState.ALLOCATED}:
        return FIRM
    if state == OrderState.AWAITING_PAYMENT and moment == LockMoment.AT_ORDER:
        return Terms(LockKind.SOFT, now + law.minutes(rules.policy) * MINUTE_MS)
    return None


def set_selling(work: Work, ask: SetSelling, rules: Rulebook) -> None:
    """Say how a shop sells, from the next order on; what is held already stays held.

    Raises :class:`NoStockUpload` where its platform takes no figures.
    """
    row = work.row(channel, ask.channel_id)
    if ask.lock_moment not in {"", *LockMoment}:
        raise BadValue(field="lock_moment", value=ask.lock_moment)
    if not 0 <= ask.soft_minutes <= LONGEST_MINUTES:
        raise BadValue(field="soft_minutes", value=str(ask.soft_minutes))
    hearing = {one.name for one in rules.connections.of(Kind.PLATFORM) if "stock" in one.can}
    if ask.uploads and row["platform"] not in hearing:
        raise NoStockUpload(shop=row["name"])
    moment = LockMoment(ask.lock_moment) if ask.lock_moment else None
    selling.put(work, ask.channel_id, Selling(moment, ask.soft_minutes, ask.uploads))


def set_pool(work: Work, ask: SetPool, _rules: Rulebook) -> None:
    """Give a shop its part of a code; together the shops' shares are never more than all of it.

    Raises :class:`PoolsOverdrawn` where they would be, for this code or, with the part for every
    code, for one that has parts of its own.
    """
    work.row(channel, ask.channel_id)
    if not 0 <= ask.share <= WHOLE or not 0 <= ask.most <= MOST or not (ask.share or ask.most):
        raise BadValue(field="share", value=f"{ask.share} / {ask.most}")
    if ask.sku:
        products.of_sku(work, ask.sku)
    selling.put_pool(work, ask.channel_id, ask.sku, Pool(ask.share, ask.most))
    _check(work, ask.sku)


def clear_pool(work: Work, ask: ClearPool, _rules: Rulebook) -> None:
    """Take a shop's part of a code away; :class:`NotFound` where it has none."""
    work.row(channel, ask.channel_id)
    if not selling.drop_pool(work, ask.channel_id, ask.sku):
        raise NotFound(what="pool", id=ask.sku)
    _check(work, ask.sku)


def _check(work: Work, sku: str) -> None:
    """Refuse shares that are more than all, of one code or, after one for every code, of any."""
    codes = [sku] if sku else [selling.EVERY, *selling.all_codes(work)]
    for code, pools in selling.pools(work, codes).items():
        if shares_of(pools) > WHOLE:
            raise PoolsOverdrawn(sku=code, percent=shares_of(pools))


VERBS = (
    Verb(SetSelling, set_selling, "stock.adjust", "selling_set", reason=True),
    Verb(SetPool, set_pool, "stock.adjust", "pool_set", reason=True),
    Verb(ClearPool, clear_pool, "stock.adjust", "pool_cleared", reason=True),
)
