"""What can be said no to about products, listings, bundles and the files they come from.

Title and remedy of each stand in ``resources/words/errors_catalogue.toml``.
"""

from app.domain.errors import Refusal


class CodeTaken(Refusal):
    """A product with this merchant code stands already."""

    takes = ("sku",)


class EditedMeanwhile(Refusal):
    """Somebody changed it after this person had opened it; both sides are named.

    ``yours`` and ``theirs`` are the two values of the first ``field`` that differs.
    """

    takes = ("what", "by", "field", "yours", "theirs")


class BundleRefused(Refusal):
    """These components make no bundle; ``why`` is a row of the words ``bundle_why``."""

    takes = ("sku", "why")


class ProductInUse(Refusal):
    """The product cannot be retired or turned into a bundle: ``by`` still needs it."""

    takes = ("sku", "by")


class ProductRetired(Refusal):
    """A retired product cannot be mapped to."""

    takes = ("sku",)


class PictureRefused(Refusal):
    """The file is no picture that can be kept; ``why`` is a row of ``picture_why``."""

    takes = ("file", "why")


class UndoRefused(Refusal):
    """An import cannot be taken back whole: ``skus`` were used since, ``n`` of them."""

    takes = ("skus", "n")


class NoProductList(Refusal):
    """The shop's platform cannot be asked for its products, or is not reached now."""

    takes = ("shop",)
