"""What is said while the server that holds a shared book cannot be reached."""

from __future__ import annotations

from app.domain.errors import Fault


class BookAway(Fault):
    """The server with the shop's data cannot be reached, or went away before it answered.

    Whether what was asked stands there is not known: the same command, asked again by its id, is
    done once.
    """
