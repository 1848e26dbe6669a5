"""The house is written without the idioms that hurt a shop, and the finders can find each."""

import pytest

from tests.house import idioms
from tests.house.sources import Source, house, proofs

PLANTED = (
    (idioms.modal_exec, "app/desk/x.py", "dialog.exec()"),
    (idioms.modal_exec, "app/desk/x.py", "QMenu(self).exec_(point)"),
    (idioms.modal_exec, "app/desk/x.py", "QMessageBox.question(self, 'a', 'b')"),
    (idioms.modal_exec, "app/desk/x.py", "QtWidgets.QFileDialog.getOpenFileName(self)"),
    (idioms.reached_clock, "app/store/x.py", "datetime.now(UTC)"),
    (idioms.reached_clock, "app/compose/x.py", "datetime.datetime.utcnow()"),
    (idioms.reached_clock, "app/compose/x.py", "datetime.fromtimestamp(5)"),
    (idioms.reached_clock, "sync/x.py", "time.time()"),
    (idioms.reached_chance, "app/domain/x.py", "from random import choice"),
    (idioms.reached_chance, "app/domain/x.py", "random.Random().random()"),
    (idioms.reached_chance, "app/domain/x.py", "import secrets"),
    (idioms.reached_chance, "sync/x.py", "from uuid import uuid4"),
    (idioms.reached_chance, "sync/x.py", "uuid.uuid4()"),
    (idioms.network_by_name, "sync/channels/x.py", "def f():\n    import httpx"),
    (idioms.network_by_name, "app/keeper/x.py", "from urllib import request"),
    (idioms.spelled_sql, "app/desk/x.py", "run('SELECT id FROM orders')"),
    (idioms.spelled_sql, "app/operations/x.py", "run(f'UPDATE orders SET a = {b}')"),
    (idioms.spelled_sql, "app/operations/x.py", "c.exec_driver_sql(words)"),
    (idioms.spelled_sql, "app/keeper/x.py", "from sqlalchemy import text"),
    (idioms.rich_text, "app/desk/screens/x.py", "QLabel(order.name)"),
    (idioms.rich_text, "app/desk/screens/x.py", "cell.setToolTip(order.name)"),
    (idioms.unsafe_call, "sync/x.py", "client(verify=False)"),
    (idioms.unsafe_call, "app/x.py", "subprocess.run('ls', shell=True)"),
    (idioms.unsafe_call, "app/x.py", "eval(rule)"),
    (idioms.unsafe_call, "app/x.py", "import pickle"),
    (idioms.dodged_contract, "app/domain/x.py", "importlib.import_module('app.store')"),
    (idioms.blanket_silence, "app/x.py", "import a  # " + "noqa"),
    (idioms.blanket_silence, "app/x.py", "a = b  # type: " + "ignore"),
    (idioms.leftover, "app/x.py", "# " + "TODO later"),
    (idioms.leftover, "app/x.py", "def f():\n    raise NotImplementedError"),
    (idioms.machine_path, "app/x.py", "open('/" + "tmp/book')"),
    (idioms.crossed_island, "sync/carriers/sf_ask.py", "from sync.carriers.zto import sign"),
)
ALLOWED = (
    (idioms.modal_exec, "app/desk/loop.py", "QApplication.exec()\ncursor.execute(sql)"),
    (idioms.modal_exec, "app/desk/x.py", "self.dialogs.question('a')\nfield.getText()"),
    (idioms.reached_clock, "app/compose/x.py", "time.time_ns()\ndatetime.fromtimestamp(5, UTC)"),
    (idioms.reached_clock, "sync/x.py", "time.monotonic()"),
    (idioms.reached_chance, "app/compose/x.py", "import secrets"),
    (idioms.reached_chance, "sync/x.py", "uuid.UUID(int=ids.fresh())"),
    (idioms.reached_chance, "sync/x.py", "import random\nrandom.Random(seed)"),
    (idioms.network_by_name, "sync/transport.py", "import httpx"),
    (idioms.spelled_sql, "app/store/x.py", "run('SELECT id FROM orders')"),
    (idioms.spelled_sql, "app/desk/x.py", "say('Select an order from the list')"),
    (idioms.rich_text, "app/desk/x.py", "cell.setToolTip('Print')\nTextLabel(order.name)"),
    (idioms.rich_text, "app/desk/x.py", "class TextLabel(QLabel): ...\nQLabel(self)"),
    (idioms.unsafe_call, "app/x.py", "client(verify=context)\nsubprocess.run(['ls'])"),
    (idioms.blanket_silence, "app/x.py", "a = b  # type: ignore[attr-defined]\nc  # noqa: S603"),
    (idioms.machine_path, "app/x.py", "open('/admin/work/orders')"),
    (idioms.crossed_island, "sync/carriers/sf_ask.py", "from sync.carriers.sf_sign import sign"),
)


@pytest.mark.parametrize("idiom", idioms.IDIOMS, ids=lambda idiom: idiom.__name__)
def test_nothing_shipped_is_written_so(idiom: idioms.Idiom) -> None:
    found = [f"{s.place}:{line} {said}" for s in house() for line, said in idiom(s)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("idiom", idioms.IN_TESTS, ids=lambda idiom: idiom.__name__)
def test_no_test_is_written_so(idiom: idioms.Idiom) -> None:
    found = [f"{s.place}:{line} {said}" for s in proofs() for line, said in idiom(s)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("idiom", "place", "text"), PLANTED)
def test_a_planted_one_is_found(idiom: idioms.Idiom, place: str, text: str) -> None:
    assert list(idiom(Source(place, text))), text


@pytest.mark.parametrize(("idiom", "place", "text"), ALLOWED)
def test_what_is_allowed_passes(idiom: idioms.Idiom, place: str, text: str) -> None:
    assert not list(idiom(Source(place, text))), text


def test_every_idiom_has_a_planted_fault() -> None:
    assert {idiom for idiom, _, _ in PLANTED} == {*idioms.IDIOMS, *idioms.IN_TESTS}
