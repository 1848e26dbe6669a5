"""The published sign-in of a demonstration: there is nothing of anybody in it."""

from typing import Final

DEMO_LOGIN: Final = "demo"
DEMO_PASSPHRASE: Final = "waydesk-demo"  # noqa: S105 - published on purpose
"""Signs in at a demonstration and opens its data; real credentials are refused there."""
