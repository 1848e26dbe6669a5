"""Data protection: a buyer's data found, copied, erased; keys changed; connections looked over."""

from app.commands.wire import Changed
from app.desk.screens.settings.page import SettingsPage
from app.desk.screens.settings.privacy_connections import ConnectionsCard
from app.desk.screens.settings.privacy_keys import KeysCard, RetentionCard
from app.desk.screens.settings.privacy_person import PersonCard
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads import credentials
from app.reads.protection import protection

HEARD = frozenset({"keys", "settings", "credentials", "channels", "carriers", "orders"})


class PrivacyPage(SettingsPage):
    """Four cards, each under its heading; a card somebody has no right to is not shown."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "privacy")
        self.person = PersonCard(self)
        self.keys = KeysCard(self)
        self.retention = RetentionCard(self)
        self.connections = ConnectionsCard(self)
        self._headings: list[tuple[TextLabel, str]] = []
        for part, name, right in (
            (self.person, "person", "pii.subject_find"),
            (self.keys, "keys", "key.rotate"),
            (self.connections, "connections", credentials.RIGHT),
            (self.retention, "retention", "settings.edit"),
        ):
            heading = TextLabel(face="title")
            self._headings.append((heading, name))
            self.body.addWidget(heading)
            self.body.addWidget(part)
            part.setProperty("right", right)
        self.say()

    def reload(self) -> None:
        """Read how things stand."""
        self.seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """Read again when a key, a connection or an erasure changed."""
        if HEARD & changed.rows.keys():
            self.reload()

    def tick(self) -> None:
        """Ages grow."""
        self.say()

    def take_focus(self) -> None:
        """Begin with the search for a person."""
        self.person.typed.setFocus()

    def put_away(self) -> None:
        """Let go of the person that was looked for."""
        self.person.forget()

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        for heading, name in self._headings:
            heading.setText(self.seat.speech.say(f"privacy.head_{name}"))
        for part in (self.person, self.keys, self.retention, self.connections):
            part.say()

    async def _read(self) -> None:
        stands = await self.seat.see(protection)
        listed = await self.seat.see(credentials.listed)
        self.keys.show_state(stands)
        self.retention.show_state(stands)
        self.connections.show_rows(listed)
        for heading, name in self._headings:
            part = getattr(self, name)
            may = self.seat.may(str(part.property("right")))
            heading.setVisible(may)
            part.setVisible(may)
