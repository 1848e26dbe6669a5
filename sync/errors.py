"""What can go wrong between Waydesk and a platform or carrier.

    SyncError
    ├── Throttled          they said "slow down"; nothing was done
    ├── TokenExpired       the key or grant is no longer good; a person must renew it
    ├── PermissionMissing  the key is good but may not do this; a person must widen it
    ├── Rejected           a definite no to this one request; asking again gets the same no
    │   └── NoSuchOrder    the platform has no order of this number (any more)
    ├── Unreachable        nothing was sent: no connection was made
    ├── Ambiguous          bytes may have arrived and the outcome is unknown
    └── Malformed          an answer came that cannot be read

Connectors raise only these. `Ambiguous` is the one that matters: a write that ended so may have
happened, and must be looked up before it is tried again (consistency.md 2.1). The class docstring
is the sentence for logs; title and remedy for people stand in resources/words/errors_sync.toml
under the `code`.
"""


class SyncError(Exception):
    """Something went wrong between Waydesk and the other side."""

    code = "sync_failed"

    def __init__(self, code: str = "", **details: str | int) -> None:
        """Keep a finer `code` than the class's, and what fills the sentence's placeholders."""
        self.code = code or type(self).code
        self.details: dict[str, str | int] = details
        super().__init__(self.code)

    def __str__(self) -> str:
        """One line for the log: the sentence and what it is about, never a secret."""
        sentence = (type(self).__doc__ or "").splitlines()[0]
        about = ", ".join(f"{key}={value}" for key, value in self.details.items())
        return f"{sentence} [{self.code}{': ' + about if about else ''}]"


class Throttled(SyncError):  # noqa: N818 - the tree says it is one
    """The other side asked us to slow down and did nothing.

    `retry_after_ms` is how long they asked us to wait, or None where they did not say.
    """

    code = "sync_throttled"

    def __init__(
        self, code: str = "", *, retry_after_ms: int | None = None, **details: str | int
    ) -> None:
        """Keep the wait they asked for, in milliseconds."""
        super().__init__(code, **details)
        self.retry_after_ms = retry_after_ms


class TokenExpired(SyncError):  # noqa: N818 - the tree says it is one
    """The key or grant is no longer accepted; a person must renew it."""

    code = "sync_token_expired"


class PermissionMissing(SyncError):  # noqa: N818 - the tree says it is one
    """The key is accepted but may not do this; a person must widen it."""

    code = "sync_permission_missing"


class Rejected(SyncError):  # noqa: N818 - the tree says it is one
    """The other side said a definite no; the same request would get the same no.

    `foreign_code` and `text` are theirs, as they came (text cut to 500 characters).
    """

    code = "sync_rejected"

    def __init__(
        self, code: str = "", *, foreign_code: str = "", text: str = "", **details: str | int
    ) -> None:
        """Keep their own code and words, so that a person can look them up."""
        text = text[:500]
        super().__init__(code, foreign_code=foreign_code, text=text, **details)
        self.foreign_code = foreign_code
        self.text = text


class NoSuchOrder(Rejected):
    """The platform has no order of this number, or has it no more."""

    code = "sync_no_such_order"


class Unreachable(SyncError):  # noqa: N818 - the tree says it is one
    """No connection was made, so nothing was sent."""

    code = "sync_unreachable"


class Ambiguous(SyncError):  # noqa: N818 - the tree says it is one
    """The request may have arrived, and what became of it is unknown."""

    code = "sync_ambiguous"


class Malformed(SyncError):  # noqa: N818 - the tree says it is one
    """An answer came that cannot be read as what it should be."""

    code = "sync_malformed"
