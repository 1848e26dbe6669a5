"""One page of a home-made store's list, and where the list goes on after it."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from sync.channels.own_shop_plan import Plan
from sync.channels.own_shop_read import id_of
from sync.channels.own_shop_refuse import said
from sync.channels.own_shop_sign import within
from sync.channels.own_shop_walk import Walk, Window, name_of, stepped
from sync.errors import Malformed
from sync.json_text import Element, list_within, read_json, read_list
from sync.ports import Answer
from sync.reading import minor

_NEXT = re.compile(r'<([^<>]{1,2000})>[^,<]*;\s*rel="?next"?', re.IGNORECASE)
_FALSE = frozenset({"", "0", "false", "no", "null"})
_ENDLESS = 10**12


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its orders with their raw bytes, the rest of the answer, and the Link header.

    `there` says that a list stood where the file says, be it an empty one.
    """

    elements: list[Element]
    rest: Any
    there: bool
    link: str


def page_of(answer: Answer, plan: Plan) -> Page:
    """The page in an answer. Raises Malformed where it is no JSON."""
    each, link = plan.listing.each, answer.headers.get("link", "")
    if not each:
        if not answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            return Page([], read_json(answer.body), False, link)
        return Page(read_list(answer.body), None, True, link)
    elements, rest = list_within(answer.body, each)
    return Page(elements, rest, _list_at(rest, each), link)


def _list_at(rest: Any, each: tuple[str, ...]) -> bool:
    for name in each:
        rest = rest.get(name) if isinstance(rest, dict) else None
    return isinstance(rest, list)


def where_next(walk: Walk, asked: Window, page: Page, plan: Plan) -> tuple[Walk, bool]:
    """The walk after a page, and whether another waits.

    Raises:
        Malformed: the list would lead to another host, in a circle, or has holes.
    """
    pages = plan.listing.pages
    if pages.kind in ("page", "offset"):
        names = [_name(each, plan) for each in page.elements]
        return stepped(walk, asked, names, pages, _told(page, plan))
    following = _following(page, plan)
    if following and following == walk.next:
        raise Malformed("sync_stuck", source=plan.name)
    return replace(walk, next=following), bool(following)


def _name(element: Element, plan: Plan) -> str:
    if element.problem:
        return name_of("", "", element.raw)
    stands = plan.order.get("modified")
    changed = "" if stands is None else said(stands.one(element.value))
    return name_of(id_of(element.value, plan), changed, element.raw)


def _told(page: Page, plan: Plan) -> int | None:
    """How many orders the list has, where the store says so or says whether more wait."""
    pages = plan.listing.pages
    if pages.total is not None:
        return minor(pages.total.one(page.rest), 0)
    if pages.more is not None:
        return _ENDLESS if _yes(pages.more.one(page.rest)) else 0
    return None


def _yes(told: Any) -> bool:
    return said(told).lower() not in _FALSE


def _following(page: Page, plan: Plan) -> str:
    """The whole address of the next page, "" at the end."""
    pages = plan.listing.pages
    if pages.more is not None and not _yes(pages.more.one(page.rest)):
        return ""
    if pages.kind == "link":
        found = _NEXT.search(page.link)
        return _kept_home(found.group(1), plan) if found else ""
    told = "" if pages.next is None else said(pages.next.one(page.rest))
    return "" if told.lower() in _FALSE else told


def _kept_home(told: str, plan: Plan) -> str:
    """The address a Link header gives; one of another host is refused before anything is sent."""
    url = urljoin(f"{plan.address}{plan.listing.path}", told)
    if not within(plan.address, url):
        raise Malformed("own_shop_elsewhere", to=url[:200])
    # A key that was in the query of the page before belongs to the call, not to its address.
    parts = urlsplit(url)
    ours = {plan.auth.name} if plan.auth.kind == "query" else set(plan.auth.query)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in ours]
    return parts._replace(query=urlencode(kept), fragment="").geturl()
