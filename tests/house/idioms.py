"""Ways of writing that the house does without, each a function from a file to (line, sentence)."""

import ast
import re
from collections.abc import Callable, Iterator

from tests.house.sources import Source, dotted

Found = Iterator[tuple[int, str]]
Idiom = Callable[[Source], Found]

COMPOSE = ("app/compose/", "app/__main__.py")
SQL_FILES = ("app/store/", "app/reads/", "app/bench/")
STATIC_DIALOGS = frozenset(
    {"QMessageBox", "QFileDialog", "QInputDialog", "QColorDialog", "QFontDialog"}
)
STATIC_ASKS = frozenset(
    {
        *("question", "information", "warning", "critical", "about", "aboutQt"),
        *("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"),
        *("getText", "getInt", "getDouble", "getItem", "getMultiLineText", "getColor", "getFont"),
    }
)
CLOCK_READS = frozenset(
    {
        *("time.time", "time.time_ns", "datetime.now", "datetime.datetime.now", "date.today"),
        *("datetime.today", "datetime.date.today", "datetime.datetime.today"),
        *("time.localtime", "time.gmtime", "time.ctime"),
    }
)
FRESH_IDS = frozenset({"uuid.uuid1", "uuid.uuid4"})
NAIVE = frozenset({"utcnow", "utcfromtimestamp"})
SQL_START = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|SELECT\s+\w+\(|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|"
    r"DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|UNIQUE|TRIGGER|VIEW)|PRAGMA\s|VACUUM|BEGIN\s+IMMEDIATE)",
    re.DOTALL,
)
RAW_SQL_CALLS = frozenset({"exec_driver_sql", "executescript"})
UNSAFE_CALLS = frozenset(
    {"os.system", "os.popen", "eval", "exec", "ssl._create_unverified_context"}
)
UNSAFE_MODULES = frozenset({"pickle", "marshal", "shelve", "telnetlib", "ftplib"})
# What every carrier has: one outcome, how an order is stored, how phones and scans are written,
# and how a label is bought that has no key for repeats.
SHARED = frozenset(
    f"sync.carriers.{name}"
    for name in ("cloudprint", "duplicate", "ewaybill", "phones", "prepared", "purchase", "scans")
)
BARE_NOQA = re.compile(r"#\s*noqa(?!\s*:\s*[A-Z]+\d)", re.IGNORECASE)
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[a-z-]+)")
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(tmp|work|root|home/[a-z]\w*|Users/\w+)/")


def modal_exec(source: Source) -> Found:
    """A modal exec inside a task of the event loop kills that task without a word."""
    for call in source.calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        owner = dotted(call.func).rpartition(".")[0].rpartition(".")[2]
        if name in {"exec", "exec_"} and owner not in {
            "QApplication",
            "QGuiApplication",
            "QCoreApplication",
        }:
            yield call.lineno, "runs a dialog modally; open() it and await its answer"
        if owner in STATIC_DIALOGS and name in STATIC_ASKS:
            yield call.lineno, f"{owner}.{name} is modal; open() a dialog and await its answer"


def reached_clock(source: Source) -> Found:
    """Time is UTC milliseconds from the Clock that was handed in."""
    for call in source.calls():
        name = dotted(call.func)
        end = name.rpartition(".")[2]
        zoneless = end == "fromtimestamp" and len(call.args) + len(call.keywords) < 2
        if end in NAIVE or zoneless:
            yield call.lineno, f"{name} makes a time without a zone"
        elif name in CLOCK_READS and not source.stands_in(*COMPOSE):
            yield call.lineno, f"{name} reaches for the clock; take the Clock that is handed in"


def reached_chance(source: Source) -> Found:
    """Chance and fresh ids come from the Rng and Ids that were handed in."""
    if source.stands_in(*COMPOSE):
        return
    for line, name in source.imports():
        loose = name.startswith("random.") and name != "random.Random"
        if loose or name.partition(".")[0] == "secrets" or name in FRESH_IDS:
            yield line, f"reaches for {name}; take the Rng or Ids that is handed in"
    for call in source.calls():
        name = dotted(call.func)
        seeded = name == "random.Random" and call.args
        if name in FRESH_IDS or (name.startswith("random.") and not seeded):
            yield call.lineno, f"calls {name}; take the Rng or Ids that is handed in"


def network_by_name(source: Source) -> Found:
    """Only one file knows which library speaks HTTP."""
    if source.stands_in("sync/transport.py"):
        return
    for line, name in source.imports():
        if name.partition(".")[0] in {"httpx", "requests", "urllib3", "aiohttp"} or name.startswith(
            ("urllib.request", "http.client")
        ):
            yield line, f"names {name}; requests go through sync/transport.py"


def spelled_sql(source: Source) -> Found:
    """SQL is spelled only in the store, the reads and the bench."""
    if source.stands_in(*SQL_FILES):
        return
    for node in source.nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SQL_START.match(node.value)
        ):
            yield node.lineno, "spells SQL; move it to app/store or app/reads"
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in RAW_SQL_CALLS:
            yield node.lineno, "runs SQL text; move it to app/store or app/reads"
    for line, name in source.imports():
        if name == "sqlalchemy.text" or name.partition(".")[0] == "sqlite3":
            yield line, f"imports {name}; SQL is spoken in app/store, app/reads and app/bench"


def rich_text(source: Source) -> Found:
    """A buyer's name must never be read as markup: labels and tips with data are plain text."""
    if not source.stands_in("app/desk/") or defines(source, "TextLabel"):
        return
    for call in source.calls():
        end = dotted(call.func).rpartition(".")[2]
        first = call.args[0] if call.args else None
        if end == "QLabel":
            yield call.lineno, "makes a bare QLabel; a TextLabel never reads its text as markup"
        elif end == "setToolTip" and not isinstance(first, ast.Constant):
            yield call.lineno, "sets a tip from data; use the plain tip beside TextLabel"


def defines(source: Source, name: str) -> bool:
    return any(isinstance(node, ast.ClassDef) and node.name == name for node in source.tree.body)


def unsafe_call(source: Source) -> Found:
    """No shell, no code from text, no unchecked certificate, no pickles."""
    for call in source.calls():
        name = dotted(call.func)
        if name in UNSAFE_CALLS:
            yield call.lineno, f"calls {name}"
        for word in call.keywords:
            value = word.value.value if isinstance(word.value, ast.Constant) else None
            if (word.arg, value) in {("verify", False), ("shell", True), ("check_hostname", False)}:
                yield call.lineno, f"says {word.arg}={value}"
    for line, name in source.imports():
        if name.partition(".")[0] in UNSAFE_MODULES:
            yield line, f"imports {name}"


def dodged_contract(source: Source) -> Found:
    """An import by a name in a string is seen by no contract; only the way in has one."""
    if source.stands_in("app/__main__.py", "dev.py"):
        return
    for call in source.calls():
        if dotted(call.func) in {"importlib.import_module", "import_module", "__import__"}:
            yield call.lineno, "imports by a name in a string, past the contracts"


def blanket_silence(source: Source) -> Found:
    """A check is silenced by its name, never wholesale."""
    for line, text in source.comments():
        if BARE_NOQA.search(text):
            yield line, "noqa without the rule it silences"
        if BARE_IGNORE.search(text):
            yield line, "type: ignore without the error it silences"


def leftover(source: Source) -> Found:
    """What is here is finished: what is not yet here is in an issue."""
    for line, text in source.comments():
        if LEFTOVER.search(text):
            yield line, "a leftover note; finish it or file it"
    for node in source.nodes:
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            yield node.lineno, "a part that is not there yet"


def machine_path(source: Source) -> Found:
    """No path of one machine stands in the tree."""
    for node in source.nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and MACHINE_PATH.search(node.value)
        ):
            yield node.lineno, "names a path of one machine"


def crossed_island(source: Source) -> Found:
    """A connector is one file, or several of one first name, and knows no other connector."""
    folder, _, file = source.place.rpartition("/")
    if folder not in {"sync/channels", "sync/carriers", "sync/gateways", "sync/notices"}:
        return
    package, family = folder.replace("/", "."), file.removesuffix(".py").partition("_")[0]
    # A platform's e-waybill bears another name than the door it goes in by.
    doors = "sync.gateways" if folder == "sync/channels" else package
    for line, name in source.imports():
        home = next((one for one in (package, doors) if name.startswith(f"{one}.")), "")
        other = name.removeprefix(f"{home}.").partition(".")[0].partition("_")[0]
        if home and other != family and f"{home}.{other}" not in SHARED:
            yield line, f"imports {name}; connectors know nothing of each other"


IDIOMS: tuple[Idiom, ...] = (
    modal_exec,
    reached_clock,
    reached_chance,
    network_by_name,
    spelled_sql,
    rich_text,
    unsafe_call,
    dodged_contract,
    blanket_silence,
    leftover,
    machine_path,
    crossed_island,
)
IN_TESTS: tuple[Idiom, ...] = (blanket_silence, leftover)
