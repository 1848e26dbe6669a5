"""`waydesk restore`: `app.cli.restore` on this computer."""

from app.cli import restore
from app.compose.terminal import main_of

main = main_of("restore", restore)
