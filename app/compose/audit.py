"""`waydesk audit`: `app.cli.audit` on this computer."""

from app.cli import audit
from app.compose.terminal import main_of

main = main_of("audit", audit)
