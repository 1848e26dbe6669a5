"""What a no of JD's newer gateway (SP-API) means: `errorList` of an answer, whatever its status.

The short codes are the classic gateway's (open.jd.com, error codes). One of eleven figures that
begins with 999 is the gateway's own and bears the HTTP status it stands for: 999 0403 0005 is
"call it from JD's cloud". One that ends in 9999 is an interface that failed inside: a change may
have been made. Any other is the business's no, which a person reads.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sync.connector import refusal
from sync.errors import Ambiguous, PermissionMissing, SyncError
from sync.gateways.jd_refuse import KNOWN, refused
from sync.ports import Answer
from sync.reading import text

CLOUD_ONLY = "99904030005"
_GATEWAYS = re.compile(r"999(\d{4})\d{4}")
_FAILED = re.compile(r"\d{4,}9999|50000")


def errors_of(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The errors an answer names: a list, or one alone; or the classic gateway's own."""
    named = told.get("errorList") or told.get("error_response") or []
    found = named if isinstance(named, list) else [named]
    return [each for each in found if isinstance(each, dict)]


def sp_error(
    error: Mapping[str, Any], name: str, answer: Answer, wait_ms: int | None = None
) -> SyncError:
    """The error that one of an answer's `errors_of` stands for; `name` is the interface's."""
    code = text(error.get("code"))[:120]
    words = (text(error.get(each)) for each in ("message", "details", "zh_desc", "en_desc"))
    said = next((each for each in words if each), "")
    if code in KNOWN:
        return refused({"code": code, "zh_desc": said}, name)
    if code == CLOUD_ONLY:
        return PermissionMissing("jd_sp_cloud_only", foreign_code=code, method=name)
    ours = _GATEWAYS.fullmatch(code)
    if ours:
        answer = replace(answer, status=int(ours.group(1)))
        if answer.status == 403:
            return PermissionMissing("jd_right_missing", foreign_code=code, method=name)
    elif _FAILED.fullmatch(code):
        return Ambiguous("sync_server_error", status=answer.status, foreign_code=code)
    if 200 <= answer.status < 300:
        answer = replace(answer, status=400)
    return refusal(answer, wait_ms, said, code or name)
