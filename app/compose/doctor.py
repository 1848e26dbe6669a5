"""`waydesk doctor`: `app.cli.doctor` on this computer."""

from app.cli import doctor
from app.compose.terminal import main_of

main = main_of("doctor", doctor)
