"""The book's tables about people beyond their account: departments, quick keys, reviews."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from app.store.columns import Id, key, metadata, moment, number, sealed, words

# Some shops under one name; who works in it has a role given for it (F175).
department = Table("department", metadata, key(), words("name"), number("version", 1), sealed())

department_shop = Table(
    "department_shop",
    metadata,
    key(),
    Column("department_id", Id, ForeignKey("department.id"), nullable=False, index=True),
    Column("channel_id", Id, ForeignKey("channel.id"), nullable=False),
    sealed(),
    UniqueConstraint("department_id", "channel_id"),
)

# What opens a session of the last twelve hours again, and nothing else (security.md 3.8).
quick_key = Table(
    "quick_key",
    metadata,
    key(),
    Column("operator_id", Id, ForeignKey("operator.id"), nullable=False),
    words("kind"),  # pin · badge
    words("pin_hash"),  # a PIN's argon2id, parameters inside; empty for a badge
    Column("code_index", LargeBinary, nullable=True),  # a badge's keyed index: its code is nowhere
    number("failures"),  # wrong PINs in a row; five close it until the passphrase is given
    number("made_at"),
    moment("used_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("operator_id", "kind"),
    Index("ix_quick_key_code", "code_index"),
)

# Tries with a login nobody has, so that they lock like any other and tell nothing; for a day.
stranger = Table(
    "stranger",
    metadata,
    Column("login_index", Text, primary_key=True),  # keyed: what was typed stands nowhere
    number("failures"),
    moment("locked_until"),
    number("at"),
    Index("ix_stranger_at", "at"),
)

# Somebody looked over who may do what, and says so (F177).
permission_review = Table(
    "permission_review",
    metadata,
    key(),
    number("operator_id"),
    number("at"),
    words("note"),
    number("people"),
    Column("digest", LargeBinary, nullable=False),  # of everybody's roles as they stood
    sealed(),
    Index("ix_permission_review_at", "at"),
)
