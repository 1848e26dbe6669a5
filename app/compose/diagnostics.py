"""`waydesk diagnostics`: `app.cli.diagnostics` on this computer."""

from app.cli import diagnostics
from app.compose.terminal import main_of

main = main_of("diagnostics", diagnostics)
