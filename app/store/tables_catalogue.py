"""The book's tables about what the shop sells: products, bundles, listings, imports."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint, text

from app.store.columns import Id, key, metadata, moment, number, sealed, words

product = Table(
    "product",
    metadata,
    key(),
    words("sku"),
    words("sku_norm"),  # letters and digits alone (domain.listings.norm)
    words("title"),
    words("variant"),
    words("kind", "single"),  # single · bundle
    words("state", "active"),  # active · retired
    words("barcode"),
    number("weight_g"),
    words("hint"),  # what a packer reads
    words("hs_code"),
    words("origin"),  # ISO 3166 alpha-2
    words("customs_name"),  # English, for the customs form
    number("declared_minor"),
    words("declared_currency"),
    words("changed_by"),
    number("changed_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("sku"),
    Index("ix_product_sku_norm", "sku_norm"),
    Index("ix_product_barcode", "barcode"),
    Index("ix_product_title", "title", "id"),
)

component = Table(
    "component",
    metadata,
    key(),
    Column("product_id", Id, ForeignKey("product.id"), nullable=False, index=True),
    words("sku"),
    number("quantity", 1),
    sealed(),
    UniqueConstraint("product_id", "sku"),
    Index("ix_component_sku", "sku"),
)

# A picture is re-encoded before it is kept: never the bytes somebody handed in.
picture = Table(
    "product_picture",
    metadata,
    Column("product_id", Id, ForeignKey("product.id"), primary_key=True, autoincrement=False),
    words("kind"),  # png · jpeg
    number("width"),
    number("height"),
    Column("image", LargeBinary, nullable=False),
    number("version", 1),
    sealed(),
)

BEHIND = text("behind = 1")
listing = Table(
    "listing",
    metadata,
    key(),
    Column("channel_id", Id, ForeignKey("channel.id"), nullable=False),
    words("key"),  # what tells it apart in its shop (domain.listings)
    words("ref"),
    words("sku_text"),  # the merchant code as the shop's platform has it
    words("title"),
    words("variant"),
    words("barcode"),
    words("sku"),  # mapped to this merchant code; '' by its own text
    number("units", 1),
    words("mapped_by"),
    moment("mapped_at"),
    number("behind"),  # 1: waiting orders are still to be brought in line
    number("seen_at"),  # the platform's time of the newest word about it, UTC ms
    number("version", 1),
    sealed(),
    UniqueConstraint("channel_id", "key"),
    Index("ix_listing_sku_text", "sku_text"),
    Index("ix_listing_sku", "sku"),
    Index("ix_listing_behind", "id", sqlite_where=BEHIND, postgresql_where=BEHIND),
)

# What one sold item of a line takes from the shelf, as it was when it was reserved; only where
# that is not the merchant code itself, once.
line_part = Table(
    "line_part",
    metadata,
    key(),
    Column("line_id", Id, ForeignKey("line.id"), nullable=False),
    words("sku"),
    number("per_item", 1),
    sealed(),
    UniqueConstraint("line_id", "sku"),
)

product_import = Table(
    "product_import",
    metadata,
    key(),
    words("source"),  # file · channel
    words("name"),
    Column("channel_id", Id, nullable=False, server_default=text("0")),
    Column("location_id", Id, nullable=False, server_default=text("0")),
    words("state", "running"),  # running · done · stopped · undoing · part_undone · undone
    words("was"),  # the state it goes back to when nothing was taken back after all
    number("rows"),
    number("added"),
    number("changed"),
    number("same"),
    number("refused"),
    number("stocked"),
    number("undone"),  # how many of its changes were taken back
    words("by"),
    number("operator_id"),
    number("at"),
    number("version", 1),
    sealed(),
)

STANDS = text("undone = 0")
import_change = Table(
    "import_change",
    metadata,
    key(),
    Column("import_id", Id, ForeignKey("product_import.id"), nullable=False),
    words("sku"),
    words("what"),  # added · changed · stock
    number("location_id"),
    number("quantity"),
    words("before_json", "{}"),
    words("after_json", "{}"),
    number("undone"),  # 1: taken back
    sealed(),
    Index(
        "ix_import_change_stands",
        "import_id",
        "id",
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    ),
)
