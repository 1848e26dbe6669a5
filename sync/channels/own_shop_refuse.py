"""What a home-made store's answers mean, by the file's success test and its table of codes.

Many such stores say no with status 200 and a code in the body, so every answer is held against the
file's test, whatever its status.
"""

from collections.abc import Callable
from typing import Any

from sync.channels.own_shop_plan import Answers
from sync.connector import refusal
from sync.errors import (
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import text

ALREADY = "own_shop_already"
_KEY_REFUSED = "own_shop_wrong_key"


def said(value: Any) -> str:
    """A code or a status as the file spells it: text, number, true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(value)


def refusal_of(site: str, answers: Answers) -> Callable[[Answer, int | None], SyncError]:
    """How to read the refusals of the store at `site`."""

    def refuse(answer: Answer, wait_ms: int | None) -> SyncError:
        try:
            told = read_json(answer.body)
        except Malformed:
            told = None
        code, words = _code(told, answers)
        means = answers.means.get(code) or answers.means.get(f"http {answer.status}", "")
        if means:
            return _meant(means, (code or str(answer.status), words), wait_ms, site)
        if answer.status == 401:
            return TokenExpired(_KEY_REFUSED, site=site, foreign_code=code or "401")
        return refusal(answer, wait_ms, words, code)

    return refuse


def refused_inside(told: Any, answers: Answers, site: str) -> SyncError | None:
    """What an answer of 2xx refuses in its body; None where it is good.

    Raises:
        Malformed: it says neither yes nor no where the store would: somebody else answered.
    """
    if answers.ok is None or (yes := said(answers.ok.one(told))) in answers.ok_values:
        return None
    code, words = _code(told, answers)
    if not (yes or code or words):
        raise Malformed("sync_unread_answer", why="answer.ok")
    means = answers.means.get(code, "rejected")
    return _meant(means, (code, words), None, site)


def _code(told: Any, answers: Answers) -> tuple[str, str]:
    code = "" if answers.code is None else said(answers.code.one(told))
    words = "" if answers.text is None else text(answers.text.one(told))
    return code[:80], words[:300]


def _meant(means: str, told: tuple[str, str], wait_ms: int | None, site: str) -> SyncError:
    code, words = told
    if means == "throttled":
        return Throttled(retry_after_ms=wait_ms, foreign_code=code)
    if means == "token":
        return TokenExpired(_KEY_REFUSED, site=site, foreign_code=code)
    if means == "permission":
        return PermissionMissing(foreign_code=code, text=words)
    if means == "already":
        return Rejected(ALREADY, foreign_code=code, text=words)
    return Rejected(foreign_code=code, text=words or code)
