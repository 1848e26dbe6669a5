"""How far and how deep a Douyin shop's lists go (sync.windows walks them).

order.searchList and afterSale.List (op.jinritemai.com): pages from 0, 100 a page, by the time of
the last change, newest first; a search goes 50,000 deep at most, and orders placed more than 90
days ago are not told.
"""

from sync.gateways.douyin_sign import Value
from sync.windows import Rules, Walk

PAGE = 100
RULES = Rules(PAGE, deep=5_000)


def paged(walk: Walk) -> dict[str, Value]:
    """Which page of its list a walk asks for; before the pages are counted, the first."""
    return {"page": max(walk.page - 1, 0), "size": PAGE}
