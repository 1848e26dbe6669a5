"""A code as a QR picture on the screen: a badge, or the secret that an authenticator app scans."""

from PySide6.QtGui import QColor, QImage, QPainter

from printing.symbols import qr

SIDE = 232
MODULE_MM = tuple(dots / 10 for dots in range(2, 80))
DPI = 254
"""Ten dots a millimetre: the widest module that fits is taken."""


def picture_of(code: str, side: int = SIDE) -> QImage:
    """A code as a QR symbol, black on white whatever the screen's colours are.

    Raises LayoutRefused for a text too long for `side` pixels.
    """
    symbol = qr(code, (0, 0, side, side), MODULE_MM, DPI)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    for down, line in enumerate(symbol.rows):
        for along, sign in enumerate(line):
            if sign == "1":
                at = (symbol.x + along * symbol.module, symbol.y + down * symbol.module)
                painter.fillRect(*at, symbol.module, symbol.module, QColor("black"))
    painter.end()
    return image
