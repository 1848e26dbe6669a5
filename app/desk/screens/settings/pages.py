"""The pages of the settings: each with its word, picture and who may open it.

A new page is a row of this table. Its name on the left is ``prefs.page_<name>``, the sentence
under its heading ``prefs.about_<name>``, its picture ``resources/icons/<icon>.svg``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.desk.screen import Screen
from app.desk.screens.settings.backup import BackupPage
from app.desk.screens.settings.computer import ComputerPage
from app.desk.screens.settings.crashes import CrashesPage
from app.desk.screens.settings.health import HealthPage
from app.desk.screens.settings.log import LogPage
from app.desk.screens.settings.needs import NeedsPage
from app.desk.screens.settings.privacy import PrivacyPage
from app.desk.screens.settings.shop import ShopPage
from app.desk.screens.settings.update import UpdatePage
from app.desk.seat import Seat


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the settings.

    Attributes:
        right: the key of the sentence of the permission without which it is not shown.
        make: makes it, when it is first gone to.
    """

    name: str
    icon: str
    right: str
    make: Callable[[Seat], Screen]

    @property
    def permission(self) -> str:
        """The permission's own name."""
        return self.right.removeprefix("permission.")

    @property
    def word(self) -> str:
        """The key of its name."""
        return f"prefs.page_{self.name}"


PAGES = (
    Page("shop", "shop", "permission.desk.use", ShopPage),
    Page("privacy", "lock", "permission.pii.subject_find", PrivacyPage),
    Page("computer", "screen", "permission.desk.use", ComputerPage),
    Page("backup", "backup", "permission.backup.make", BackupPage),
    Page("needs", "calm", "permission.support.read", NeedsPage),
    Page("health", "health", "permission.support.read", HealthPage),
    Page("log", "log", "permission.support.read", LogPage),
    Page("crashes", "crash", "permission.support.read", CrashesPage),
    Page("update", "update", "permission.desk.use", UpdatePage),
)
"""In the order of the list at the left."""
