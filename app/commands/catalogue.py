"""What is asked of the catalogue: products, bundles, pictures, and what listings mean."""

import msgspec


class AddProduct(msgspec.Struct, frozen=True, tag="add_product"):
    """Name a merchant code the shop sells; orders waiting for it go on. Answers its id.

    With ``components`` (merchant code, quantity) it is a bundle. Weight in grams, declared value
    in minor units of its currency.
    """

    sku: str
    title: str
    variant: str = ""
    weight_g: int = 0
    barcode: str = ""
    hint: str = ""
    hs_code: str = ""
    origin: str = ""
    customs_name: str = ""
    declared_minor: int = 0
    declared_currency: str = ""
    components: tuple[tuple[str, int], ...] = ()


class ChangeProduct(msgspec.Struct, frozen=True, tag="change_product"):
    """Describe a product anew; ``version`` is the one it was opened at."""

    product_id: int
    version: int
    title: str
    variant: str
    weight_g: int
    barcode: str
    hint: str
    hs_code: str
    origin: str
    customs_name: str
    declared_minor: int
    declared_currency: str


class SetBundle(msgspec.Struct, frozen=True, tag="set_bundle"):
    """Say what a bundle is made of: (merchant code, quantity). What is reserved stays as it is."""

    product_id: int
    version: int
    components: tuple[tuple[str, int], ...]


class SetPicture(msgspec.Struct, frozen=True, tag="set_picture"):
    """Give a product a picture from a file of this computer; an empty path takes it away."""

    product_id: int
    path: str


class RetireProduct(msgspec.Struct, frozen=True, tag="retire_product"):
    """Take a product out of the lists; its orders and figures stay."""

    product_id: int
    version: int


class RestoreProduct(msgspec.Struct, frozen=True, tag="restore_product"):
    """Bring a retired product back."""

    product_id: int
    version: int


class MapListing(msgspec.Struct, frozen=True, tag="map_listing"):
    """Say which merchant code a listing is, and how many of it; answers :class:`Mended`.

    ``was`` is the code it was mapped to when this person looked, "" for none.
    """

    listing_id: int
    sku: str
    units: int = 1
    was: str = ""


class UnmapListing(msgspec.Struct, frozen=True, tag="unmap_listing"):
    """Take a mapping back: orders not yet allocated wait again. Answers :class:`Mended`."""

    listing_id: int
    was: str


class Mended(msgspec.Struct, frozen=True):
    """How many orders a mapping brought in line at once, and how many follow behind."""

    orders: int
    left: int
