"""`waydesk backup`: `app.cli.backup` on this computer."""

from app.cli import backup
from app.compose.terminal import main_of

main = main_of("backup", backup)
