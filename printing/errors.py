"""The errors of printing, as one tree; each has a stable `code` and `details` for its words.

    PrintingError
    ├── Refusal            expected: the data or the world says no; nothing was printed
    │   ├── LayoutRefused      this document cannot be put on this label
    │   ├── TemplateRefused    a template file says something Waydesk does not understand
    │   └── PrinterRefused     this printer cannot take the label; no byte has left
    └── Fault              ours: a file of the program is missing or broken

Title and remedy of each code stand in resources/words/errors_printing.toml, zh and en.
"""

from collections.abc import Mapping


class PrintingError(Exception):
    """Anything that stops a label; `code` finds its words, `details` fills their placeholders."""

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code, details)
        self.code = code
        self.details: Mapping[str, str | int] = details

    def __str__(self) -> str:
        told = ", ".join(f"{key}={value!r}" for key, value in self.details.items())
        return f"{self.code}({told})"


class Refusal(PrintingError):  # noqa: N818 - a refusal is no error
    """Expected: the shop's data or the world said no, and nothing was printed."""


class LayoutRefused(Refusal):
    """The document cannot be put on this label without cutting or distorting something."""


class TemplateRefused(Refusal):
    """A label template says something that is not understood; `file` and `row` name the place."""


class PrinterRefused(Refusal):
    """The printer is missing or not ready; no byte of the label has left."""


class Fault(PrintingError):  # noqa: N818 - the pair of Refusal
    """Ours: a font or file that ships with the program is missing or unreadable."""
