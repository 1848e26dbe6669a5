"""What stands beside the catalogue's lists: a product, a listing and its suggestions, an import."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desk.catalogue_cells import TONES, brought_lines
from app.desk.parts import LaidButton, boxed, column, in_lines, row
from app.desk.rightful import rightful
from app.desk.screen import Act
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.listings import label_of
from app.domain.money import CURRENCIES, Money
from app.reads.catalogue import ImportRow, ProductWhole
from app.reads.listings import ListingRow, SuggestionRow

EDITS = "catalogue.edit"
PICTURE = 120


class CatalogueSide:
    """Makes the cards of one thing; what may not be done stands there locked."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    # --- a product --------------------------------------------------------------------------------

    def product(
        self, whole: ProductWhole, picture: bytes, sold: QWidget | tuple[ListingRow, ...]
    ) -> list[QWidget]:
        """A product with its picture, figures, components, and where it stands and is sold.

        ``sold`` is the card of its stock everywhere, or its listings for who may not see stock.
        """
        parts = [self._head(whole, picture), self._figures(whole)]
        if whole.parts:
            parts.append(self._components(whole))
        if isinstance(sold, QWidget):
            parts.insert(1, sold)
        elif sold:
            parts.append(self._sold(sold))
        return parts

    def _head(self, whole: ProductWhole, picture: bytes) -> QWidget:
        shown, say = whole.row, self._seat.speech.say
        frame = TextLabel("" if picture else say("catalogue.no_picture"), ink="third")
        frame.setFixedSize(PICTURE, PICTURE)
        frame.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pixels = QPixmap()
        if picture and pixels.loadFromData(picture):
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
            size = PICTURE - 2
            scaled = pixels.scaled(size, size, keep, smooth.SmoothTransformation)
            frame.setPixmap(scaled)
            frame.setFixedSize(scaled.size())
        words = column(gap=4)
        words.addWidget(TextLabel(shown.title, face="headline").wrapped())
        if shown.variant:
            words.addWidget(TextLabel(shown.variant, ink="second").wrapped())
        words.addWidget(TextLabel(shown.sku, weight="medium").copyable())
        tags = [say("catalogue.bundle")] if shown.kind == "bundle" else []
        tags += [say("catalogue.retired")] if shown.state == "retired" else []
        line = row(*(TextLabel(tag, tag="info") for tag in tags), 1, gap=6)
        words.addLayout(line)
        words.addStretch(1)
        box = boxed(row(frame, gap=0), kind="" if picture else "quiet")
        head = row(box, gap=14)
        head.setAlignment(box, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return boxed(head)

    def _figures(self, whole: ProductWhole) -> QWidget:
        speech, shown = self._seat.speech, whole.row
        count = speech.count
        stock = ""
        if shown.on_hand is not None and shown.reserved is not None and shown.kind != "bundle":
            stock = f"{count(shown.on_hand)} · {count(shown.reserved)}"
        declared = ""
        if shown.declared_minor and shown.declared_currency in CURRENCIES:
            money = Money(shown.declared_minor, shown.declared_currency)
            declared = f"{money.text()} {shown.declared_currency}"
        changed = speech.moment(shown.changed_at, self._seat.clock.now())
        lines = (
            ("catalogue.col_stock", stock),
            ("catalogue.col_sellable", "" if shown.sellable is None else count(shown.sellable)),
            ("catalogue.col_barcode", shown.barcode),
            ("catalogue.col_weight", self._grams(shown.weight_g)),
            ("catalogue.hint", shown.hint),
            ("catalogue.customs_name", shown.customs_name),
            ("catalogue.hs_code", shown.hs_code),
            ("catalogue.origin", shown.origin),
            ("catalogue.declared", declared),
            ("catalogue.inside", ", ".join(whole.inside)),
            ("catalogue.changed", f"{shown.changed_by}, {changed}" if shown.changed_by else ""),
        )
        return self._card([(speech.say(word), value) for word, value in lines if value])

    def _grams(self, grams: int) -> str:
        speech = self._seat.speech
        return speech.say("catalogue.grams", n=speech.count(grams)) if grams else ""

    def _components(self, whole: ProductWhole) -> QWidget:
        say = self._seat.speech.say
        layout = column(gap=6, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(say("catalogue.holds"), weight="medium"))
        for part in whole.parts:
            text = say("catalogue.part", title=part.title, sku=part.sku, n=part.quantity)
            line = row(TextLabel(text).wrapped(), gap=8)
            line.setStretch(0, 1)
            if part.free is not None:
                tone = "plain" if part.free >= part.quantity else "bad"
                free = self._seat.speech.count(part.free)
                line.addWidget(TextLabel(say("catalogue.part_free", n=free), tag=tone))
            layout.addLayout(line)
        return boxed(layout, kind="card")

    def _sold(self, sold: tuple[ListingRow, ...]) -> QWidget:
        layout = column(gap=4, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(self._seat.speech.say("catalogue.sold_as"), weight="medium"))
        for one in sold[:8]:
            units = f" ×{one.units}" if one.units != 1 else ""
            text = f"{one.shop} · {one.title or one.sku_text}{units}"
            layout.addWidget(TextLabel(text, ink="second").wrapped())
        return boxed(layout, kind="card")

    # --- a listing --------------------------------------------------------------------------------

    def listing(self, shown: ListingRow) -> list[QWidget]:
        """A listing, what waits for it and what it is mapped to."""
        speech = self._seat.speech
        title = label_of("", shown.title, "") if shown.title else shown.sku_text
        head = column(gap=4)
        head.addWidget(TextLabel(title, face="headline").wrapped())
        if shown.variant:
            head.addWidget(TextLabel(shown.variant, ink="second").wrapped())
        n = shown.waiting
        word = speech.say("catalogue.waits", n=speech.count(n)) if n else ""
        waits = word or speech.say("catalogue.waits_none")
        head.addLayout(row(TextLabel(waits, tag="bad" if n else "plain"), 1))
        if shown.behind:
            text = speech.say("catalogue.behind")
            head.addLayout(row(TextLabel(text, tag="info"), 1))
        units = f" ×{shown.units}" if shown.units != 1 else ""
        lines = (
            (speech.say("cases.shop"), shown.shop),
            (speech.say("catalogue.code"), shown.sku_text),
            (speech.say("catalogue.col_barcode"), shown.barcode),
            (speech.say("catalogue.col_mapped"), f"{shown.sku}{units}" if shown.sku else ""),
        )
        return [boxed(head), self._card([line for line in lines if line[1]])]

    def suggestions(
        self, found: tuple[SuggestionRow, ...], picked: int, pick: Callable[[int], None]
    ) -> QWidget:
        """What a listing may mean: a key picks one, Enter maps it."""
        say, layout = self._seat.speech.say, column(gap=4)
        layout.addWidget(TextLabel(say("catalogue.suggested"), weight="medium"))
        for at, one in enumerate(found):
            layout.addWidget(self._suggestion(at, one, (at == picked, pick)))
        if not found:
            layout.addWidget(TextLabel(say("catalogue.none_suggested"), ink="second").wrapped())
        return boxed(layout)

    def _suggestion(
        self, at: int, one: SuggestionRow, chosen: tuple[bool, Callable[[int], None]]
    ) -> LaidButton:
        picked, pick = chosen
        button = LaidButton("view", lambda: pick(at))
        button.setCheckable(True)
        button.setChecked(picked)
        say = self._seat.speech.say
        reason = self._reason(one)
        bundle = f" · {say('catalogue.bundle')}" if one.kind == "bundle" else ""
        words = column(gap=1)
        words.addWidget(TextLabel(f"{one.title} {one.variant}".strip()).wrapped())
        words.addWidget(TextLabel(f"{one.sku}{bundle}", face="caption", weight="medium"))
        words.addWidget(TextLabel(reason, face="caption", ink="second").wrapped())
        key = TextLabel(str(at + 1), tag="key")
        line = row(key, gap=10, margins=(10, 7, 10, 7))
        line.setAlignment(key, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        button.setLayout(line)
        button.setAccessibleName(f"{at + 1}: {one.sku}, {reason}")
        return button

    def _reason(self, one: SuggestionRow) -> str:
        say = self._seat.speech.say
        if one.why == "title_alike":
            return say("catalogue.alike_title", n=one.alike)
        why = self._seat.speech.word("why_alike", one.why)
        return say("catalogue.alike", why=why, n=one.alike) if one.alike else why

    # --- an import --------------------------------------------------------------------------------

    def imported(self, shown: ImportRow) -> list[QWidget]:
        """An import and what it brought."""
        speech = self._seat.speech
        head = column(gap=4)
        head.addWidget(TextLabel(shown.name, face="headline").wrapped())
        state = speech.word("import_state", shown.state)
        head.addLayout(row(TextLabel(state, tag=TONES[shown.state] or "plain"), 1))
        for line in brought_lines(self._seat, shown):
            head.addWidget(TextLabel(line, ink="second").wrapped())
        when = speech.moment(shown.at, self._seat.clock.now())
        return [boxed(head), self._card([(speech.say("catalogue.by"), f"{shown.by}, {when}")])]

    # --- parts ------------------------------------------------------------------------------------

    def buttons(self, acts: list[tuple[str, str, Act]], first: str = "") -> QWidget:
        """Buttons with their keys: (word, key, what it does); the first one may be the natural."""
        shown = []
        for word, key, act in acts:
            keyed = (word, key.replace("Return", "↵"))
            kind = "primary" if word == first else ""
            shown.append(rightful(self._seat, keyed, EDITS, act, kind))
        return in_lines(*shown)

    def _card(self, lines: list[tuple[str, str]]) -> QWidget:
        layout = QVBoxLayout()
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        for word, value in lines:
            name = TextLabel(word, ink="second").wrapped()
            name.setFixedWidth(120)
            text = TextLabel(value).wrapped().copyable()
            line = row(name, gap=8)
            line.addWidget(text, 1)
            line.setAlignment(name, Qt.AlignmentFlag.AlignTop)
            layout.addLayout(line)
        return boxed(layout, kind="card")
