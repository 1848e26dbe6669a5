"""The shipped fonts and templates, and a brush that paints them."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from printing.metrics import Fonts, load_fonts
from printing.paint import Brush
from printing.raster import Raster
from printing.templates import Template, load_templates

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
NO_PARCELS = {"test_page", "recovery_kit", "printed_codes"}


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return load_fonts(RESOURCES / "fonts")


@pytest.fixture(scope="session")
def templates() -> dict[str, Template]:
    return load_templates(RESOURCES / "labels")


@pytest.fixture(scope="session")
def labels(templates: dict[str, Template]) -> list[Template]:
    """The templates that go onto parcels."""
    return [each for code, each in templates.items() if code not in NO_PARCELS]


@pytest.fixture(scope="session")
def raster(fonts: Fonts) -> Raster:
    return Raster(fonts)


@pytest.fixture(scope="session")
def brush(fonts: Fonts, qapp: QGuiApplication) -> Brush:
    return Brush(fonts)
