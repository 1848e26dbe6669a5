"""A product's picture: read with care, made small, and kept as bytes we wrote ourselves."""

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from app.commands.catalogue import SetPicture
from app.domain.errors_catalogue import PictureRefused
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.tables_catalogue import picture, product
from app.store.work import Work

LARGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
LARGEST_KEPT = 256 * 1024
SIDE = 640
READ = ("PNG", "JPEG", "WEBP")
QUALITIES = (85, 70, 50, 30)


def set_picture(work: Work, ask: SetPicture, _rules: Rulebook) -> None:
    """Give a product a picture, or take it away. Raises :class:`PictureRefused`."""
    work.row(product, ask.product_id)
    standing = work.find(picture, ask.product_id)
    if not ask.path:
        if standing is not None:
            work.delete(picture, ask.product_id)
    else:
        values = small(Path(ask.path))
        if standing is None:
            work.insert(picture, {"product_id": ask.product_id, **values})
        else:
            work.update(picture, ask.product_id, standing["version"], **values)
    work.mark("products", ask.product_id)


def small(path: Path) -> dict[str, str | int | bytes]:
    """A picture file as it is kept: at most 640 pixels a side and 256 KB, without its metadata.

    Raises :class:`PictureRefused` for what is no picture, too large, or unpacks to too much.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise PictureRefused(file=path.name, why="too_large")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _read(path)
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Warning) as error:
        why = "not_there" if isinstance(error, FileNotFoundError) else "unreadable"
        raise PictureRefused(file=path.name, why=why) from error


def _read(path: Path) -> dict[str, str | int | bytes]:
    with Image.open(path, formats=READ) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise PictureRefused(file=path.name, why="too_large")
        opened.draft("RGB", (SIDE, SIDE))
        turned = ImageOps.exif_transpose(opened)
        turned.thumbnail((SIDE, SIDE))
        kind, image = _encoded(turned)
    return {"kind": kind, "width": turned.width, "height": turned.height, "image": image}


def _encoded(image: Image.Image) -> tuple[str, bytes]:
    """PNG where it has holes to see through and stays small, else JPEG on white."""
    if image.has_transparency_data:
        made = _bytes(image.convert("RGBA"), "PNG", optimize=True)
        if len(made) <= LARGEST_KEPT:
            return "png", made
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        image = white
    for quality in QUALITIES:
        made = _bytes(image.convert("RGB"), "JPEG", quality=quality)
        if len(made) <= LARGEST_KEPT:
            break
    return "jpeg", made


def _bytes(image: Image.Image, form: str, **how: int | bool) -> bytes:
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, form, **how)
    return out.getvalue()


VERBS = (Verb(SetPicture, set_picture, "catalogue.edit", "picture_set"),)
