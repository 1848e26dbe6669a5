"""Weigh-out: a label is scanned, the weight stands still by itself, the parcel is gone (F233)."""

from collections.abc import Mapping

from PySide6.QtCore import Qt

from app.commands.parcels import ScanLabel, Scanned
from app.commands.wire import Changed
from app.desk.chime import Beeper, Chime
from app.desk.dialogs import Field, Form, ask
from app.desk.parts import boxed, column, row
from app.desk.scale import Scale, SerialScale, ports
from app.desk.screen import Act, Screen
from app.desk.screens.packing.head import StationFoot, StationHead
from app.desk.screens.packing.side import Deed, Side
from app.desk.screens.packing.verdict import Verdict, VerdictStrip, refusal
from app.desk.screens.packing.weighed import WeighedCard, kilograms
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain import scan_codes
from app.domain.errors import WaydeskError
from app.domain.scan_codes import BenchCommand, CodeKind
from app.domain.states import ShipTrigger
from app.domain.weighing import HEAVIEST_G, Pan, Reading
from app.reads import packing
from app.reads.packing import BenchOrder, StationDay

BY, PORT = "weigh_by", "scale_port"
SCALE, TYPED, NONE = "scale", "typed", "none"
KEYS = {BenchCommand.FINISH: "F9", BenchCommand.AGAIN: "F6", BenchCommand.LEAVE: "F12"}
TYPE_KEY, NAME_KEY = "F4", "F2"


class WeighOutScreen(Screen):
    """One scale. The scan of a label is also the proof that it is on paper."""

    takes_scans = True
    fills = True

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("station")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._seat = seat
        self.chime: Chime = Beeper()
        self.pan, self.waiting, self._answers = Pan(), "", False
        self.order: BenchOrder | None = None
        self._scale: Scale | None = None
        self._sending, self._last = False, ""
        self.head, self.foot = StationHead(seat, "weighing"), StationFoot(seat, "weighing")
        self.verdict, self.figure = VerdictStrip(seat), TextLabel(face="weight")
        self._state = TextLabel(face="stage_small", ink="second")
        self.list, self.side = WeighedCard(seat), Side(seat, self.act)
        self._lay_out()
        for changed in (seat.speech.changed, seat.look.changed):
            changed.connect(self._begin)
        self._begin()

    def _lay_out(self) -> None:
        for label in (self.figure, self._state):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pan = boxed(column(1, self.figure, self._state, 1, gap=6), kind="focus")
        left = column(self.verdict, pan, self.list, gap=16, margins=(26, 20, 26, 14))
        left.setStretch(1, 1)
        middle = row(boxed(left), self.side, gap=0)
        middle.setStretch(0, 1)
        whole = column(self.head, gap=0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.foot)
        self.setLayout(whole)

    # --- what the window asks ------------------------------------------------------------------

    def reload(self) -> None:
        """Read what was weighed today."""
        self._seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """A parcel was weighed, here or elsewhere."""
        if "orders" in changed.rows and self.isVisible():
            self.reload()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Fit a small screen."""
        self.side.narrow(narrow or tight)

    def take_focus(self) -> None:
        """The station is gone to: its scale is listened to from now on."""
        super().take_focus()
        self._connect()

    def put_away(self) -> None:
        """Let go of the parcel and of the scale."""
        self.waiting, self.order = "", None
        self.listen_to(None)
        self._begin()

    def shortcuts(self) -> Mapping[str, Act]:
        """Function keys alone (F232)."""
        keys: dict[str, Act] = {
            "F9": lambda: self.act(BenchCommand.FINISH),
            "F6": lambda: self.act(BenchCommand.AGAIN),
            "F12": lambda: self.act(BenchCommand.LEAVE),
        }
        return keys | {TYPE_KEY: self.type_code, NAME_KEY: self.name_station}

    def scanned(self, code: str) -> None:
        """A label, or a command's barcode."""
        told = scan_codes.read(code)
        if told.kind is CodeKind.COMMAND:
            known = told.body in {one.value for one in KEYS}
            self.act(BenchCommand(told.body)) if known else self._say("bad", "packing.no_command")
        elif self._sending:
            self._say("bad", "weighing.too_fast")
        else:
            self._weigh(told.body)

    def disturbed(self) -> None:
        """A scan came while a card was open."""
        self._say("stop", "packing.card_open")

    # --- what can be done ----------------------------------------------------------------------

    def act(self, command: BenchCommand) -> None:
        """Let the waiting parcel go unweighed, forget it, or leave."""
        if command is BenchCommand.LEAVE:
            self.wanted.emit("orders")
        elif command is BenchCommand.AGAIN:
            self.waiting = ""
            self._begin()
        elif self.waiting and not self._sending:
            self._send(self.waiting, 0)

    def listen_to(self, scale: Scale | None) -> None:
        """Take readings from this scale from now on; None for none."""
        old, self._scale = self._scale, scale
        if old is not None:
            old.close()
        self.pan, self._answers = Pan(), False
        self.head.scale.say("", "")
        if scale is not None:
            scale.reading.connect(self._weighs)
            scale.there.connect(self._there)
        self._show_weight()

    def type_code(self) -> None:
        """Type a number whose bars cannot be read."""
        self._seat.spawn(self._type_code())

    def name_station(self) -> None:
        """Say which station this is, and how it weighs."""
        self._seat.spawn(self._name_station())

    # --- inside --------------------------------------------------------------------------------

    @property
    def _by(self) -> str:
        return self._seat.memory.recall(BY, NONE)

    def _connect(self) -> None:
        port = self._seat.memory.recall(PORT, "")
        if self._by == SCALE and port and self._scale is None:
            scale = SerialScale(port)
            self.listen_to(scale)
            scale.start()

    def _there(self, there: bool) -> None:
        self._answers = there
        word = "weighing.scale_on" if there else "weighing.scale_off"
        self.head.scale.say("good" if there else "bad", self._seat.speech.say(word))

    def _weighs(self, reading: Reading) -> None:
        """The scale says something: whoever waits for a still weight goes with it."""
        self.pan.put(reading, int(self._seat.clock.mono() * 1000))
        self._show_weight()
        grams = self.pan.weight()
        if self.waiting and grams and not self._sending:
            self._send(self.waiting, grams)

    def _weigh(self, code: str) -> None:
        """Send a scanned label with its weight, or let it wait for one."""
        if self._by == TYPED:
            self._seat.spawn(self._typed(code))
        elif self._scale is None:
            self._send(code, 0)
        elif code == self._last:
            self._send(code, 0)  # the book says that it was weighed out before
        elif grams := self.pan.weight():
            self._send(code, grams)
        else:
            before, self.waiting = self.waiting, code
            detail = "weighing.left_out" if before not in {"", code} else "weighing.or_without"
            say = self._seat.speech.say
            text = say("weighing.put_on", code=code)
            self._tell(Verdict("info", text, say(detail, code=before), "info"))
            self._draw()

    async def _typed(self, code: str) -> None:
        fields = (Field("kg", "weighing.kilograms"),)
        form = Form("weighing.type_title", fields=fields, args={"code": code})
        answers = await ask(self, self._seat.speech, form)
        self.setFocus()
        if answers is None:
            return
        grams = grams_typed(answers["kg"])
        if grams is None:
            self._say("bad", "weighing.no_weight")
        else:
            self._send(code, grams)

    def _send(self, code: str, grams: int) -> None:
        """Begin to send, once: further readings and scans find it under way."""
        self._sending, self.waiting = True, ""
        self._seat.spawn(self._sent(code, grams))

    async def _sent(self, code: str, grams: int) -> None:
        command = ScanLabel(code, ShipTrigger.WEIGH_OUT.value, grams)
        try:
            done = await self._seat.link.ask(command, Scanned)
        except WaydeskError as error:
            self._tell(refusal(self._seat.speech, error))
        else:
            self._gone(code, grams, done)
            self.order = await self._seat.see(packing.bench, done.parcel_id)
        finally:
            self._sending = False
        await self._read()

    def _gone(self, code: str, grams: int, done: Scanned) -> None:
        say = self._seat.speech.say
        self.head.say_fresh(done)
        if done.already:
            self._tell(Verdict("warning", say("weighing.already", code=code), "", "warning"))
            return
        self._last = code
        if grams:
            self.pan.take()
        what = kilograms(grams) if grams else say("weighing.unweighed")
        word = "weighing.shipped" if done.shipped else "weighing.recorded"
        title = say(word, code=code, weight=what)
        self._tell(Verdict("good", title, say("packing.next_parcel"), "done"))

    async def _type_code(self) -> None:
        form = Form("packing.type_title", fields=(Field("code", "packing.code", needed=True),))
        answers = await ask(self, self._seat.speech, form)
        self.setFocus()
        if answers:
            self.scanned(answers["code"])

    async def _name_station(self) -> None:
        say, memory = self._seat.speech.say, self._seat.memory
        ways = tuple((one, say(f"weighing.by_{one}")) for one in (NONE, TYPED, SCALE))
        lines = tuple((one, one) for one in ports())
        more = [Field(BY, "weighing.by", value=self._by, options=ways)]
        if lines:
            chosen = memory.recall(PORT, lines[0][0])
            more.append(Field(PORT, "weighing.port", value=chosen, options=lines))
        answers = await self.head.set_up(self, tuple(more))
        self.setFocus()
        if answers:
            self.listen_to(None)
            self._connect()
            self._begin()

    # --- what is shown -------------------------------------------------------------------------

    async def _read(self) -> None:
        rows, n = await self._seat.see(packing.weighed, self.foot.midnight())
        self.foot.show_day(StationDay(n, 0, None))
        self.list.show_rows(rows)
        self._draw()

    def _say(self, tone: str, title: str) -> None:
        self._tell(Verdict(tone, self._seat.speech.say(title), "", tone))

    def _tell(self, verdict: Verdict) -> None:
        self.verdict.show_verdict(verdict)
        self.chime.play(verdict.sound)

    def _begin(self) -> None:
        say = self._seat.speech.say
        if self._scale is not None:
            self._there(self._answers)
        ready = Verdict("info", say("weighing.ready"), say(f"weighing.how_{self._by}"))
        self.verdict.show_verdict(ready)
        self._show_weight()
        self._draw()

    def _show_weight(self) -> None:
        say = self._seat.speech.say
        if self._scale is None:
            self.figure.setText(kilograms(self.order.weight_g) if self.order else "–")
            self._state.setText(say(f"weighing.by_{self._by}"))
            return
        self.figure.setText(kilograms(self.pan.grams()))
        moving = "weighing.moving" if self._answers else "weighing.scale_off"
        self._state.setText(say("weighing.still" if self.pan.is_still() else moving))

    def _draw(self) -> None:
        self._show_weight()
        self.side.show_order(self.order, ())
        waits = bool(self.waiting)
        self.side.offer(
            (
                Deed(
                    "weighing.do_finish",
                    BenchCommand.FINISH,
                    KEYS[BenchCommand.FINISH],
                    "primary",
                    waits,
                ),
                Deed("weighing.do_again", BenchCommand.AGAIN, KEYS[BenchCommand.AGAIN], "", waits),
                Deed("weighing.do_leave", BenchCommand.LEAVE, KEYS[BenchCommand.LEAVE], "ghost"),
            )
        )


def grams_typed(text: str) -> int | None:
    """Kilograms as somebody typed them, in grams; 0 for nothing typed, None for no weight."""
    plain = text.strip().replace(",", ".")
    whole, _dot, part = plain.partition(".")
    if not plain:
        return 0
    if not (whole + part).isdecimal() or len(part) > 3:
        return None
    grams = int(whole or "0") * 1000 + int(part.ljust(3, "0"))
    return grams if 0 < grams <= HEAVIEST_G else None
