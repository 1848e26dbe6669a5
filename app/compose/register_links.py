"""`waydesk register-links`: `app.cli.register_links` on this computer."""

from app.cli import register_links
from app.compose.terminal import main_of

main = main_of("register-links", register_links)
