"""The book's tables about people, the record, what comes in and what goes out."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.columns import Id, key, metadata, moment, number, personal, sealed, secret, words

operator = Table(
    "operator",
    metadata,
    key(),
    words("login"),
    words("name"),
    words("password_hash"),  # argon2id, parameters inside
    words("state", "active"),  # active · left
    words("lang", ""),
    number("must_change"),  # 1: the passphrase is somebody else's, good for choosing an own one
    number("failures"),
    moment("locked_until"),
    moment("left_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("login"),
)

grant = Table(
    "operator_role",
    metadata,
    key(),
    Column("operator_id", Id, ForeignKey("operator.id"), nullable=False, index=True),
    words("role"),
    words("scope", "everywhere"),  # everywhere · shop · department · warehouse
    number("scope_id"),
    sealed(),
    UniqueConstraint("operator_id", "role", "scope", "scope_id"),
)

session = Table(
    "session",
    metadata,
    key(),
    Column("operator_id", Id, ForeignKey("operator.id"), nullable=False, index=True),
    words("os_user"),
    words("host"),  # the computer it was opened at
    words("state", "open"),  # open · locked · ended
    number("started_at"),
    number("seen_at"),
    number("expires_at"),
    sealed(),
)

# One chain per desk; the hash covers the whole body, `touched` says which rows it sealed:
# packed (table name, pk, row_mac) so that a verifier can name any row changed behind our back.
audit = Table(
    "audit",
    metadata,
    Column("chain", Id, primary_key=True, autoincrement=False),
    Column("seq", Id, primary_key=True, autoincrement=False),
    number("at"),
    number("operator_id"),
    words("actor"),
    words("role"),
    number("session_id"),
    words("ip"),
    words("host"),
    words("os_user"),
    words("app_version"),
    words("action"),
    words("object"),
    number("object_id"),
    words("reason"),
    words("result", "ok"),  # ok · denied · failed
    words("detail_json", "{}"),  # no clear personal data, ever
    number("command_id"),
    words("changes_json"),  # values before and after, masked (app.store.changes)
    Column("touched", LargeBinary, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_audit_at", "at"),
    Index("ix_audit_object", "object", "object_id"),
    Index("ix_audit_operator", "operator_id", "action", "at"),
)

# What stays of a month of the record that was old enough to go (F097).
audit_segment = Table(
    "audit_segment",
    metadata,
    key(),
    number("chain"),
    number("first_seq"),
    number("last_seq"),
    number("entries"),
    number("first_at"),
    number("last_at"),
    Column("last_hash", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False),  # SHA-256 over the hashes of all its lines
    Column("touched", LargeBinary, nullable=False),  # the last seal of every row they touched
    sealed(),
    UniqueConstraint("chain", "last_seq"),
)

CANCEL_LOG = (
    "kind IN ('cancelled','lines_cancelled','cancelled_on_platform','closed_on_platform',"
    "'forced','lines_changed','stock_released')"
)
"""The events that say that something of an order was cancelled or given back."""
event = Table(
    "event",
    metadata,
    key(),
    Column("order_id", Id, nullable=False, index=True),
    number("at"),
    words("kind"),  # a key of resources/words: event.<kind>
    personal("args_json", "{}"),
    words("actor"),
    words("tone", "info"),  # info · good · warning · bad
    sealed(),
    Index(
        "ix_event_cancels",
        "at",
        sqlite_where=text(CANCEL_LOG),
        postgresql_where=text(CANCEL_LOG),
    ),
)

case = Table(
    "cases",
    metadata,
    key(),
    words("number"),
    words("kind"),  # a row of resources/rules/cases.toml
    words("priority", "P1"),
    words("state", "open"),  # open · claimed · settled
    number("order_id"),  # 0: no order
    number("channel_id"),
    number("kept_id"),
    words("subject"),  # what it is about: a SKU, a raw word, a waybill number
    personal("args_json", "{}"),
    words("party"),
    number("owner_id"),
    number("amount_minor"),
    words("currency"),
    number("opened_at"),
    moment("due_at"),
    moment("settled_at"),
    words("settled_by"),
    personal("settled_reason"),
    words("dedupe_key"),  # one open case for one thing
    number("version", 1),
    sealed(),
    Index("ix_cases_open", "state", "priority", "due_at", "id"),
    Index("ix_cases_order", "order_id", "id"),
    Index("ix_cases_subject", "subject", "kind", "opened_at"),
    Index(
        "one_open_case",
        "dedupe_key",
        unique=True,
        sqlite_where=text("state <> 'settled'"),
        postgresql_where=text("state <> 'settled'"),
    ),
)

raw_record = Table(
    "raw_record",
    metadata,
    key(),
    Column("order_id", Id, nullable=False, index=True),
    number("external_version"),
    secret("body_ct"),
    number("at"),
    sealed(),
)

kept_aside = Table(
    "kept_aside",
    metadata,
    key(),
    Column("channel_id", Id, nullable=False, index=True),
    words("external_id"),
    words("code"),
    words("field"),
    secret("body_ct"),
    Column("body_digest", LargeBinary, nullable=False),
    words("state", "kept"),  # kept · wanted (somebody asked) · dead · taken_in
    number("fail_count"),  # how often reading it once more failed at the record itself
    number("next_at"),  # when it is read once more by itself
    words("last_error"),
    number("at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("channel_id", "external_id", "body_digest"),
)

# Which foreign text was read how (F087): never an error that loses a record.
time_reading = Table(
    "time_reading",
    metadata,
    key(),
    Column("order_id", Id, nullable=False, index=True),
    words("field"),
    words("raw"),
    words("zone"),
    moment("utc"),
    sealed(),
)

cursor = Table(
    "cursor",
    metadata,
    key(),
    Column("channel_id", Id, nullable=False),
    words("stream", "orders"),
    words("value"),
    number("at"),
    sealed(),
    UniqueConstraint("channel_id", "stream"),
)

status_map = Table(
    "status_map",
    metadata,
    key(),
    words("platform"),
    number("channel_id"),  # 0: every shop of the platform; else what the word means in this one
    words("machine"),  # order · payment · logistics
    words("raw"),
    words("status"),
    words("sentence"),
    number("version", 1),
    sealed(),
    UniqueConstraint("platform", "channel_id", "machine", "raw"),
)

# What platforms and carriers told by themselves: which order to read again, never what it says.
inbox = Table(
    "inbox",
    metadata,
    key(),
    words("source"),  # channel:ID · carrier:ID
    words("event_id"),
    Column("payload_digest", LargeBinary, nullable=False),
    number("at"),
    number("channel_id"),
    words("external_id"),
    words("topic"),
    words("state", "new"),  # new · done · dead
    number("fail_count"),
    number("next_at"),
    words("last_error"),
    UniqueConstraint("source", "event_id"),
    Index("ix_inbox_due", "state", "next_at"),
    Index("ix_inbox_at", "source", "at"),
)

command = Table(
    "command",
    metadata,
    key(),  # the command's own id: a repeat returns the stored result
    words("kind"),
    Column("args_digest", LargeBinary, nullable=False),
    number("operator_id"),
    number("at"),
    words("state"),  # applied · noop · rejected
    Column("result", LargeBinary, nullable=True),
)

outbox = Table(
    "outbox",
    metadata,
    key(),
    number("command_id"),
    words("kind"),  # ship_writeback · stock_write · memo_write · waybill_create · waybill_void
    number("channel_id"),
    number("order_id"),
    number("object_id"),  # parcel, waybill, stock row
    words("intent_key"),  # committed before the first byte; the same on every resend
    secret("body_ct"),
    words("state", "ready"),  # ready · leased · unknown · done · dead · withdrawn
    number("attempts"),
    number("failures"),  # answers that said it failed there; a few, and it is a dead letter
    number("next_at"),
    number("lease_until"),
    words("last_error"),
    words("result_json", "{}"),
    moment("first_sent_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("intent_key"),
    Index("ix_outbox_due", "state", "next_at", "id"),
    Index("ix_outbox_order", "order_id", "id"),
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    words("value_json"),
    number("version", 1),
    sealed(),
)

# Numbers people read, leased in blocks so that they are unique offline (F201).
serial = Table(
    "serial",
    metadata,
    key(),
    words("kind"),
    words("day"),
    number("next"),
    UniqueConstraint("kind", "day"),
)

# Kept in the same transaction as what they count; COUNT(*) over a million rows costs 56 ms.
counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),  # tab:<tab> · case:<priority>
    Column("channel_id", Id, primary_key=True, autoincrement=False),
    Column("location_id", Id, primary_key=True, autoincrement=False),
    Column("currency", Text, primary_key=True),
    number("n"),
    number("amount_minor"),
)

keyring_row = Table(
    "data_key",
    metadata,
    key(),  # key id inside every ciphertext
    Column("wrapped", LargeBinary, nullable=False),  # the data key under the shop's key
    words("state", "current"),
    number("made_at"),
)
