"""What is asked of a Magento list, as searchCriteria (Adobe's REST documentation, "Search").

Filter groups are joined by AND, the filters of one group by OR. Times of orders are UTC without a
zone. Pages are never counted through: behind the last page Magento gives the last page again, so
each page is asked for as the first one after what was seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

PAGE = 100

Filter = tuple[str, str, str]
"""A field, a condition (eq, gt, gteq, lt, in) and a value."""


@dataclass(frozen=True, slots=True)
class Search:
    """One page of a list: `groups` of filters, `sort` by these fields upwards, page from 1.

    `fields` names what of the answer is wanted, "" for all.
    """

    groups: tuple[tuple[Filter, ...], ...] = ()
    sort: tuple[str, ...] = ("entity_id",)
    page: int = 1
    size: int = PAGE
    fields: str = ""

    def query(self) -> str:
        """The query of the address, escaped."""
        pairs = [*self._filters(), *self._order()]
        pairs += [
            ("searchCriteria[pageSize]", str(self.size)),
            ("searchCriteria[currentPage]", str(self.page)),
        ]
        if self.fields:
            pairs.append(("fields", self.fields))
        return urlencode(pairs)

    def _filters(self) -> Iterable[tuple[str, str]]:
        for at, group in enumerate(self.groups):
            for each, (field, condition, value) in enumerate(group):
                name = f"searchCriteria[filterGroups][{at}][filters][{each}]"
                yield f"{name}[field]", field
                yield f"{name}[value]", value
                yield f"{name}[conditionType]", condition

    def _order(self) -> Iterable[tuple[str, str]]:
        for at, field in enumerate(self.sort):
            yield f"searchCriteria[sortOrders][{at}][field]", field
            yield f"searchCriteria[sortOrders][{at}][direction]", "ASC"


def utc_text(ms: int) -> str:
    """A time as Magento keeps it: UTC, whole seconds, without a zone."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
