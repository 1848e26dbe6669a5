"""The book's tables about consent: requests for a second person, and what proves who somebody is.

``approval`` is bound to the keyed digest of one exact command and is used once. ``step_up`` says
when a session's person last proved afresh who they are; ``second_factor`` and ``recovery_code``
hold what they prove it with beside the passphrase (security.md 3.3).
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from app.store.columns import Id, key, metadata, moment, number, personal, sealed, secret, words

_OPEN = text("state IN ('waiting', 'consented')")

approval = Table(
    "approval",
    metadata,
    key(),
    words("kind"),  # the command's tag
    words("permission"),  # who holds it may consent
    Column("digest", LargeBinary, nullable=False),  # keyed, over the command and all its fields
    number("requester_id"),
    words("requester"),
    personal("reason"),
    words("object"),
    number("object_id"),
    words("places_json", "[]"),  # [shop, warehouse] each: the right must be held in all of them
    words("facts_json", "{}"),  # what is asked, for whoever consents; no personal data
    number("row_count"),  # how many rows were asked for; more than these void the consent
    number("needs_factor"),  # 1: whoever consents must use a second factor
    words("state", "waiting"),  # waiting · consented · refused · used · void
    words("void_why"),  # expired · grown · demoted · not_alone · withdrawn
    number("created_at"),
    number("ready_at"),  # from when somebody alone may consent by passphrase; 0: not alone
    number("expires_at"),
    number("approver_id"),
    words("approver"),
    words("factor"),  # passphrase · totp · recovery · waited · founder
    personal("answer"),  # why it was refused
    moment("decided_at"),
    moment("used_at"),
    number("used_by"),  # the command that used it
    number("version", 1),
    sealed(),
    Index("ix_approval_state", "state", "expires_at"),
    Index(
        "one_open_request",
        "requester_id",
        "digest",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

step_up = Table(
    "step_up",
    metadata,
    key(),  # the session's id
    number("at"),
    words("factor"),  # passphrase · totp · recovery
    number("counts"),  # 1: by a second factor that counts for somebody alone in the shop
    sealed(),
)

second_factor = Table(
    "second_factor",
    metadata,
    key(),  # the operator's id
    secret("secret_ct"),  # NULL: printed codes only
    secret("next_ct"),  # a new secret that was shown and not yet confirmed by a code
    moment("set_at"),  # when the secret in force came into force
    moment("counts_from"),  # from when it lets somebody alone in the shop consent to themselves
    number("last_step"),  # of 30 s: a code of this or an earlier one is spent
    number("failures"),
    moment("locked_until"),
    number("version", 1),
    sealed(),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    key(),
    Column("operator_id", Id, ForeignKey("operator.id"), nullable=False, index=True),
    Column("code_mac", LargeBinary, nullable=False),  # keyed hash; the code itself is on paper
    moment("counts_from"),
    moment("used_at"),
    sealed(),
    UniqueConstraint("operator_id", "code_mac"),
)

# Every file of orders that was begun, for the day's limit and to tell one by its last line. Rows
# are reserved before the first is read; a file that was stopped took none.
export_file = Table(
    "export_file",
    metadata,
    key(),
    number("operator_id"),
    number("at"),
    words("tab"),
    number("row_count"),  # reserved while it is written, then what the file holds
    words("state", "running"),  # running · ready (whole, without its name) · written · stopped
    number("chain"),  # the computer that writes it
    words("folder"),  # where, until it ended
    number("clear"),  # 1: with names, phones and addresses
    number("consented"),  # 1: somebody else agreed; it does not count towards the limit
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the file
    sealed(),
    Index("ix_export_file_operator", "operator_id", "at"),
    Index("ix_export_file_state", "state", "chain"),
)
