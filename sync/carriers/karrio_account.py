"""The shop's account at its own Karrio server: where it stands, its key, and what it buys.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class KarrioAccount:
    """One key with one carrier connection (its `carrier_id`) and one service, as the server has it.

    `url` is the server's address as it was typed, with or without /v1.
    """

    url: str
    key: str
    carrier_id: str
    service: str

    def __repr__(self) -> str:
        """Which account, never its secrets."""
        return f"KarrioAccount({self.carrier_id!r}, {self.service!r}, key=***)"

    @property
    def api(self) -> str:
        """Where requests go: the server's address and /v1."""
        told = self.url.strip().rstrip("/").removesuffix("/v1").rstrip("/")
        return f"{told if '://' in told else f'https://{told}'}/v1"

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read the key: https, or a server on this computer."""
        parts = urlsplit(self.api)
        return parts.scheme == "https" or parts.hostname in LOOPBACK
