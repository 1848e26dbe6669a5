"""What a Vendure server's refusals mean: statuses, GraphQL errors and error results into our tree.

Vendure answers nearly everything with 200. `errors[].extensions.code` tells of the request as a
whole (its documentation, "Error handling"); an error without a code is a fault of the server. An
error RESULT stands in the data under its own `__typename` and is a definite no to a mutation.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.connector import refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import mapping, rows, text

FORBIDDEN = frozenset({"FORBIDDEN", "UNAUTHORIZED"})
_SCHEMA = frozenset({"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"})
_NOES = frozenset({"USER_INPUT_ERROR", "BAD_USER_INPUT", "ILLEGAL_OPERATION", "BAD_REQUEST"})
# What addFulfillmentToOrder says no with, by the result's own name.
_RESULTS = {
    "ItemsAlreadyFulfilledError": "vendure_over_fulfilled",
    "InsufficientStockOnHandError": "vendure_short_on_hand",
    "InvalidFulfillmentHandlerError": "vendure_no_handler",
}


_RIGHTS = {
    **dict.fromkeys(("orders", "order"), "ReadOrder"),
    **dict.fromkeys(("addFulfillmentToOrder", "transitionFulfillmentToState"), "UpdateOrder"),
    **dict.fromkeys(("addNoteToOrder", "updateOrderNote"), "UpdateOrder"),
    **dict.fromkeys(("productVariant", "productVariants", "stockLocations"), "ReadCatalog"),
    "updateProductVariants": "UpdateCatalog",
}


class NotLetIn(Exception):  # noqa: N818 - what the server says
    """The server will not do this for us: our token is old, or a right is missing; unread."""

    def __init__(self, field: str) -> None:
        """Keep the right that the refused field needs, or the field's name where we know none."""
        super().__init__(field)
        self.right = _RIGHTS.get(field, field)


def refusal_of(site: str) -> Callable[[Answer, int | None], SyncError]:
    """How to read the refusals of the server at `site` that come as a status."""

    def refuse(answer: Answer, wait_ms: int | None) -> SyncError:
        errors = _errors_of(answer)
        codes = {code_of(error) for error in errors}
        if codes & _SCHEMA:
            return Rejected("vendure_other_schema", text=_words(errors), site=site)
        if answer.status in (404, 405):
            return Rejected("vendure_no_api", foreign_code=str(answer.status), site=site)
        return refusal(answer, wait_ms, _words(errors), next(iter(sorted(codes - {""})), ""))

    return refuse


def _errors_of(answer: Answer) -> list[dict[str, Any]]:
    try:
        return rows(mapping(read_json(answer.body)).get("errors"))
    except Malformed:
        return []


def _words(errors: Iterable[Mapping[str, Any]]) -> str:
    return " ".join(text(error.get("message")) for error in errors)[:300]


def code_of(error: Mapping[str, Any]) -> str:
    """The code of one error; "" where it has none."""
    return text(mapping(error.get("extensions")).get("code"))


def refused_whole(errors: list[dict[str, Any]], site: str) -> SyncError | NotLetIn:
    """What the errors of an answer mean; the gravest is told.

    NotLetIn: the token is old or a right is missing; which of them is not said.
    """
    codes = {code_of(error) for error in errors}
    words = _words(errors)
    if codes & FORBIDDEN:
        paths = [error.get("path") for error in errors if code_of(error) in FORBIDDEN]
        return NotLetIn(_named(paths))
    if "CHANNEL_NOT_FOUND" in codes:
        return Rejected("vendure_no_such_channel", site=site)
    if "ENTITY_NOT_FOUND" in codes:
        return Rejected("vendure_no_such", foreign_code="ENTITY_NOT_FOUND", text=words)
    told = codes & _NOES
    if told:
        return Rejected(foreign_code=min(told), text=words)
    return Ambiguous("sync_server_error", status=200)


def _named(paths: list[Any]) -> str:
    path = next((path for path in paths if isinstance(path, list) and path), [""])
    return text(path[0])[:80]


def error_result(payload: Mapping[str, Any]) -> Rejected | None:
    """The definite no that a mutation's result is; None for a good one."""
    code = text(payload.get("errorCode"))
    if not code:
        return None
    name = text(payload.get("__typename"))
    words = text(payload.get("transitionError")) or text(payload.get("message"))
    return Rejected(_RESULTS.get(name, ""), foreign_code=code, text=words)
