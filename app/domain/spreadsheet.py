"""Text in a file that a spreadsheet may open is never a formula (security.md 3.9)."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def plain(text: str) -> str:
    """What `harmless` was given."""
    return text.removeprefix("'")
