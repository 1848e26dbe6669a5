"""The packing station: a parcel is scanned, then its items; what is missing is the largest word."""

from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap

from app.commands.packing import (
    FinishPacking,
    ForcePacking,
    OpenParcel,
    PackAgain,
    Packing,
    PutParcelAside,
    ScanItem,
    SeeMemo,
)
from app.commands.wire import Changed
from app.desk.chime import Beeper, Chime
from app.desk.dialogs import Field, Form, ask
from app.desk.parts import boxed, column, row
from app.desk.screen import Act, Screen
from app.desk.screens.packing.goods import Goods
from app.desk.screens.packing.head import StationFoot, StationHead
from app.desk.screens.packing.side import Deed, Side
from app.desk.screens.packing.verdict import Verdict, VerdictStrip, refusal, verdict_of
from app.desk.seat import Seat
from app.domain import scan_codes
from app.domain.errors import WaydeskError
from app.domain.scan_codes import BenchCommand, CodeKind, is_same
from app.reads import catalogue, packing
from app.reads.packing import BenchOrder, ScanRow

FORCE = "pack.force"
KEYS = {
    BenchCommand.FINISH: "F9",
    BenchCommand.AGAIN: "F6",
    BenchCommand.MEMO: "F7",
    BenchCommand.ASIDE: "F8",
    BenchCommand.FORCE: "F10",
    BenchCommand.LEAVE: "F12",
}
Deeding = Callable[[], Coroutine[Any, Any, None]]
TYPE_KEY, NAME_KEY = "F4", "F2"


class PackingScreen(Screen):
    """One station. Everything is done by scans; each deed has a function key and a barcode too."""

    takes_scans = True
    fills = True

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("station")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._seat = seat
        self.chime: Chime = Beeper()
        self.box: Packing | None = None
        self.order: BenchOrder | None = None
        self._unread_memo = 0
        self._waiting: deque[Deeding] = deque()
        self._busy = False
        self.head, self.foot = StationHead(seat, "packing"), StationFoot(seat, "packing")
        self.verdict, self.goods, self.side = VerdictStrip(seat), Goods(seat), Side(seat, self.act)
        self._scans: tuple[ScanRow, ...] = ()
        self._lay_out()
        seat.speech.changed.connect(self._begin)
        seat.look.changed.connect(self._draw)
        self._begin()

    def _lay_out(self) -> None:
        left = column(self.verdict, self.goods, gap=16, margins=(26, 20, 26, 14))
        left.setStretch(1, 1)
        middle = row(boxed(left), self.side, gap=0)
        middle.setStretch(0, 1)
        whole = column(self.head, gap=0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.foot)
        self.setLayout(whole)

    # --- what the window asks ------------------------------------------------------------------

    def reload(self) -> None:
        """Read the station's day."""
        self.head.say()
        self._seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """What stands beside the goods changed: a print, a memo, the order."""
        if self.order is not None and self.order.order_id in changed.rows.get("orders", ()):
            self.reload()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Fit a small screen."""
        self.side.narrow(narrow or tight)
        self.goods.narrow(narrow or tight)

    def put_away(self) -> None:
        """Let go of the parcel; its check stands in the book as far as it came."""
        self._waiting.clear()
        self.box = self.order = None
        self._scans = ()
        self._begin()

    def shortcuts(self) -> Mapping[str, Act]:
        """Function keys alone: on a scan screen no letter, digit or Enter acts (F232)."""
        keys: dict[str, Act] = {key: self._pressing(one) for one, key in KEYS.items()}
        return keys | {TYPE_KEY: self.type_code, NAME_KEY: self.name_station}

    def scanned(self, code: str) -> None:
        """Take one scan; scans are done one after another, however fast they come."""
        self._then(lambda: self._scan(code))

    def disturbed(self) -> None:
        """A scan came while a card was open."""
        self._tell(Verdict("stop", self._seat.speech.say("packing.card_open"), "", "stop"))

    # --- what can be done ----------------------------------------------------------------------

    def act(self, command: BenchCommand) -> None:
        """Do what a key, a button or a command's barcode asks for."""
        if command is BenchCommand.LEAVE:
            self.wanted.emit("orders")
        else:
            self._then(self._doing()[command])

    def type_code(self) -> None:
        """Type a code whose bars cannot be read."""
        self._seat.spawn(self._type_code())

    def name_station(self) -> None:
        """Say which station this computer is."""
        self._seat.spawn(self._name_station())

    # --- inside --------------------------------------------------------------------------------

    def _doing(self) -> dict[BenchCommand, Deeding]:
        return {
            BenchCommand.FINISH: self._finish,
            BenchCommand.AGAIN: self._again,
            BenchCommand.ASIDE: self._aside,
            BenchCommand.FORCE: self._force,
            BenchCommand.MEMO: self._see_memo,
        }

    @property
    def _is_open(self) -> bool:
        return self.box is not None and self.box.state == "open"

    def _pressing(self, command: BenchCommand) -> Act:
        return lambda: self.act(command)

    def _then(self, deed: Deeding) -> None:
        self._waiting.append(deed)
        if not self._busy:
            self._busy = True
            self._seat.spawn(self._work())

    async def _work(self) -> None:
        """Do what waits, one after another; a refusal is said and the next goes on."""
        try:
            while self._waiting:
                try:
                    await self._waiting.popleft()()
                except WaydeskError as error:
                    self._refused(error)
                await self._read()
        finally:
            self._busy = False

    async def _scan(self, code: str) -> None:
        told = scan_codes.read(code)
        if told.kind is CodeKind.COMMAND:
            await self._command(told.body)
        elif not self._is_open:
            await self._open(code)
        elif self._is_this(told):
            await self._finish(code)
        elif told.kind in {CodeKind.ORDER, CodeKind.PARCEL} and self._has_begun():
            self._say("bad", "packing.other_parcel", "packing.finish_first")
        elif told.kind in {CodeKind.ORDER, CodeKind.PARCEL}:
            await self._open(code)
        else:
            await self._item(code)

    async def _command(self, body: str) -> None:
        if body not in set(BenchCommand):
            self._say("bad", "packing.no_command", "")
            return
        command = BenchCommand(body)
        if command is BenchCommand.LEAVE:
            self.act(command)
        else:
            await self._doing()[command]()

    def _is_this(self, told: scan_codes.Code) -> bool:
        """Whether a code is the label, parcel or order that is open."""
        if self.order is None:
            return False
        if told.kind is CodeKind.ORDER:
            return told.body == self.order.number
        if told.kind is CodeKind.PARCEL:
            return told.body == self.order.public_id
        known = (self.order.waybill_no, self.order.external_no, self.order.number)
        return any(is_same(told.body, one) for one in known)

    def _has_begun(self) -> bool:
        return self.box is not None and any(one.packed for one in self.box.items)

    async def _open(self, code: str) -> None:
        self.box = self.order = None
        ask_for = OpenParcel(code, self.head.station)
        self._took(await self._seat.link.ask(ask_for, Packing))

    async def _item(self, code: str) -> None:
        if self.box is None:
            return
        at = self._seat.clock.now()
        ask_for = ScanItem(self.box.parcel_id, code, at, self.head.station)
        done = await self._seat.link.ask(ask_for, Packing)
        if not done.title:
            title = code if not done.sku else done.sku
            done = structs.replace(done, title=title)
        self._took(done)

    async def _finish(self, code: str = "") -> None:
        if not self._is_open or self.box is None:
            self._say("info", "packing.nothing_open", "packing.empty_how")
            return
        ask_for = FinishPacking(self.box.parcel_id, self.head.station, code)
        self._took(await self._seat.link.ask(ask_for, Packing))

    async def _again(self) -> None:
        if self._is_open and self.box is not None:
            ask_for = PackAgain(self.box.parcel_id, self.head.station)
            self._took(await self._seat.link.ask(ask_for, Packing))

    async def _aside(self) -> None:
        reason = await self._reason("packing.aside_title", "packing.aside_done")
        if reason and self.box is not None:
            done = PutParcelAside(self.box.parcel_id, reason, self.head.station)
            self._took(await self._seat.link.ask(done, Packing))

    async def _force(self) -> None:
        if not self._seat.may_ask(FORCE):
            return
        reason = await self._reason("packing.force_title", "packing.force_done")
        if reason and self.box is not None:
            done = ForcePacking(self.box.parcel_id, reason, self.head.station)
            said = await self._seat.ask(done, Packing)
            if said is not None:
                self._took(said)

    async def _reason(self, title: str, done: str) -> str:
        """Why, in the person's words; "" where the card was put away or no box is open."""
        if not self._is_open or self.box is None:
            return ""
        form = Form(
            title,
            fields=(Field("reason", "packing.reason", needed=True),),
            done=done,
            args={"order": self.box.order_no},
        )
        answers = await ask(self, self._seat.speech, form)
        self.setFocus()
        return answers["reason"] if answers else ""

    async def _see_memo(self) -> None:
        if self._unread_memo:
            await self._seat.link.ask(SeeMemo(self._unread_memo), type(None))
            self._unread_memo = 0
            self._say("info", "packing.memo_read", "packing.go_on")
            self._draw()

    async def _type_code(self) -> None:
        form = Form("packing.type_title", fields=(Field("code", "packing.code", needed=True),))
        answers = await ask(self, self._seat.speech, form)
        self.setFocus()
        if answers:
            self.scanned(answers["code"])

    async def _name_station(self) -> None:
        if await self.head.set_up(self):
            self.reload()
        self.setFocus()

    # --- what is shown -------------------------------------------------------------------------

    def _took(self, done: Packing) -> None:
        """Show a box as it stands after a scan, and read what stands beside it."""
        self.box = done
        self._unread_memo = 0
        self._tell(verdict_of(self._seat.speech, done, self._seat.clock.now()))
        self.head.say_fresh(done)
        self.goods.show_box(done)

    def _refused(self, error: WaydeskError) -> None:
        """Nothing was done, for a reason: red, with its sound, whatever was on the screen."""
        if error.code == "memo_changed":
            self._unread_memo = int(error.details.get("order_id", 0))
        self._tell(refusal(self._seat.speech, error))

    def _say(self, tone: str, title: str, detail: str) -> None:
        say = self._seat.speech.say
        self._tell(Verdict(tone, say(title), say(detail) if detail else "", tone))

    def _tell(self, verdict: Verdict) -> None:
        self.verdict.show_verdict(verdict)
        self.chime.play(verdict.sound)

    def _begin(self) -> None:
        """Ready for a parcel, or for the next item where one is open."""
        say = self._seat.speech.say
        if self.box is None:
            self.verdict.show_verdict(
                Verdict("info", say("packing.ready"), say("packing.empty_how"))
            )
        else:
            now = self._seat.clock.now()
            self.verdict.show_verdict(verdict_of(self._seat.speech, self.box, now))
        self.goods.show_box(self.box)
        self._draw()

    async def _read(self) -> None:
        """Read the order beside the box, the station's scans and day, and pictures never seen."""
        seat, station = self._seat, self.head.station
        if self.box is not None:
            self.order = await seat.see(packing.bench, self.box.parcel_id)
        elif self._unread_memo:
            self.order = await seat.see(packing.bench_of, self._unread_memo)
        self._scans = await seat.see(packing.scans, station)
        self.foot.show_day(await seat.see(packing.day, station, self.foot.midnight()))
        self._draw()
        for product_id in self.goods.lacks():
            pixels = QPixmap()
            pixels.loadFromData(await seat.see(catalogue.picture, product_id))
            self.goods.give(product_id, pixels)

    def _draw(self) -> None:
        self.side.show_order(self.order, self._scans)
        self.side.offer(self._deeds())

    def _deeds(self) -> tuple[Deed, ...]:
        say, force = self._seat.speech.say, self._seat.may_ask(FORCE)
        why = "" if force else say("act.no_right", right=say(f"permission.{FORCE}"))
        told = (
            ("packing.do_finish", BenchCommand.FINISH, "primary", self._is_open, ""),
            ("packing.do_again", BenchCommand.AGAIN, "", self._is_open, ""),
            ("packing.do_aside", BenchCommand.ASIDE, "", self._is_open, ""),
            ("packing.do_force", BenchCommand.FORCE, "danger", force and self._is_open, why),
            ("packing.do_leave", BenchCommand.LEAVE, "ghost", True, ""),
            ("packing.do_memo", BenchCommand.MEMO, "primary", bool(self._unread_memo), ""),
        )
        return tuple(
            Deed(word, one, KEYS[one], kind, may, reason)
            for word, one, kind, may, reason in told
            if may or one is not BenchCommand.MEMO
        )
