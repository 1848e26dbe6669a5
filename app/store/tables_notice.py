"""The book's table of ways to tell people something outside Waydesk, such as by mail."""

from sqlalchemy import Table

from app.store.columns import key, metadata, number, sealed, secret, words

notice_route = Table(
    "notice_route",
    metadata,
    key(),
    words("kind"),  # mail
    words("state", "on"),  # on · off
    words("last_error"),
    secret("credentials_ct"),  # server, login, from whom and to whom
    number("version", 1),
    sealed(),
)
