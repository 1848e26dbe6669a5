"""`waydesk import orders`: `app.cli.import_orders` on this computer."""

from app.cli import import_orders
from app.compose.terminal import main_of

main = main_of("import", import_orders)
