"""What Amazon's refusals mean: a status and `errors[{code, message, details}]` into our tree.

429 is QuotaExceeded, 401 and 403 Unauthorized (a worn-out token, or a role the app lacks), 400,
404, 413 and 415 are final, 500 and 503 pass (developer-docs.amazon.com/sp-api, "Usage Plans and
Rate Limits" and each operation's responses). Login with Amazon says `error` instead.
"""

from sync.connector import refusal
from sync.errors import Malformed, Rejected, SyncError, TokenExpired
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import mapping, rows, text


def refused(answer: Answer, wait_ms: int | None) -> SyncError:
    """The refusal of one answer outside 2xx; 401 and 403 mean: once more with a new token."""
    code, words = told_of(answer)
    if answer.status in (401, 403):
        return TokenExpired("amazon_unauthorized", foreign_code=code, text=words)
    if answer.status in (404, 413, 415):
        return Rejected(foreign_code=code or str(answer.status), text=words, status=answer.status)
    return refusal(answer, wait_ms, words, code)


def told_of(answer: Answer) -> tuple[str, str]:
    """The code and the words of a refusal, cut short; empty where it gave none."""
    try:
        told = mapping(read_json(answer.body))
    except Malformed:
        return "", ""
    first = next(iter(rows(told.get("errors"))), {})
    code = text(first.get("code")) or text(told.get("error"))
    said = (text(first.get("message")), text(first.get("details")))
    words = " ".join(each for each in said if each) or text(told.get("error_description"))
    return code[:80], words[:300]
