#!/usr/bin/env python3
"""Everything a checkout can be asked to do, from a machine with nothing beside Python.

    python3 dev.py demo [...]   set up what is missing, then run `waydesk demo`
    python3 dev.py test [...]   set up what is missing, then every check and every test
    python3 dev.py check        the checks alone
    python3 dev.py setup        the set-up alone
    python3 dev.py freeze       build the frozen program and run its demo
    python3 dev.py lock         write the locks anew (needs uv)

Only the standard library is used; an old Python can read as far as the sentence for it.
"""

import sys

if sys.version_info < (3, 11) or sys.version_info >= (3, 15):
    sys.exit(
        "Waydesk needs Python 3.11, 3.12, 3.13 or 3.14; this is %d.%d. "
        "Install one of them and run this command with it." % sys.version_info[:2]
    )

import concurrent.futures
import contextlib
import ctypes
import errno
import hashlib
import importlib.util
import json
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STAMP = VENV / "waydesk-setup.json"
UNFINISHED = VENV / "waydesk-unfinished"
PIP_LOG = VENV / "waydesk-pip.log"
NEEDED_BYTES = 1_200_000_000

# Every lock holds all of the first one, so an environment made from any of them runs Waydesk.
RUN_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
FREEZE_LOCK = "requirements-freeze.lock"

# What Qt loads from a Linux system, each with the Debian package that brings it. The first rows
# are needed without a display too, the next by a real window, the last by system printers.
LIBRARIES = [row.split(":") for row in (
    "libglib-2.0.so.0:libglib2.0-0", "libGL.so.1:libgl1", "libEGL.so.1:libegl1",
    "libxkbcommon.so.0:libxkbcommon0", "libfontconfig.so.1:libfontconfig1",
    "libdbus-1.so.3:libdbus-1-3", "libxcb-cursor.so.0:libxcb-cursor0",
    "libxcb-icccm.so.4:libxcb-icccm4", "libxcb-keysyms.so.1:libxcb-keysyms1",
    "libxcb-shape.so.0:libxcb-shape0", "libxcb-xkb.so.1:libxcb-xkb1",
    "libxkbcommon-x11.so.0:libxkbcommon-x11-0", "libcups.so.2:libcups2",
)]  # fmt: skip
# Programs the tests hold Waydesk against, each with the Debian package that brings it.
TEST_PROGRAMS = (("zbarimg", "zbar-tools"),)

CHECKS = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import-linter", ("lint-imports", "--no-logo")),
    ("vulture", ("vulture",)),
    ("deptry", ("deptry", ".")),
)

DISK_FULL = "The disk is full: Waydesk's packages need about 1.2 GB. Make room and run this again."

# What pip and venv say, and what it means to the person who waits for them.
TROUBLES = (
    ("No space left|Errno 28|Disk quota|not enough space", DISK_FULL),
    (
        "DO NOT MATCH THE HASHES",
        "A package came with other contents than the lock names, so nothing was installed. "
        "Ask whoever runs your package mirror; do not go around the check.",
    ),
    (
        "Failed to establish|name resolution|getaddrinfo|timed out|Max retries|ProxyError|"
        "unreachable|Connection refused|NewConnectionError|ConnectTimeout|Connection broken|SSL",
        "The package index cannot be reached. Connect this machine to the network, or name your "
        "mirror in pip's own settings, and run this again.",
    ),
    (
        "No matching distribution",
        "The package index has no ready-made package for this system. Waydesk runs on Windows 10 "
        "or later, macOS 13 or later on Apple silicon, and Linux with glibc 2.34 or later "
        "(2.39 on ARM).",
    ),
)


class SetupError(Exception):
    """Something a person has to settle first; its text is the one sentence they are told."""


def say(text):
    """Print one line at once, so that a log shows it in its place."""
    print(text, flush=True)


@contextlib.contextmanager
def step(name):
    """Print one line for one step of the work, and the seconds it took."""
    began = time.monotonic()
    say(f"· {name} …")
    yield
    say(f"  {time.monotonic() - began:.1f} s")


def run(command, **more):
    """Run a program to its end and answer with its exit code and all it said."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        **more,
    )
    return done.returncode, done.stdout


def last_line(said):
    """The end of what a program said, where it usually names its trouble."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def settings(**more):
    """The environment a child runs in: UTF-8 everywhere, the programs of `.venv` first."""
    path = str(BIN) + os.pathsep + os.environ.get("PATH", "")
    return {**os.environ, "PYTHONUTF8": "1", "PATH": path, **more}


def fingerprint(lock):
    """What tells one state of a lock from another."""
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def machine():
    """The Python and the place an environment belongs to; it works for no other."""
    return [sys.version, sys.platform, platform.machine(), str(VENV)]


def read_stamp():
    """What stands finished: locks by fingerprint, and system names seen; nothing if unsure."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        stands = stamp["machine"] == machine() and PYTHON.exists() and not UNFINISHED.exists()
    except (OSError, ValueError, KeyError):
        stands = False
    return stamp if stands else {"machine": machine(), "locks": {}, "system": []}


def write_stamp(stamp):
    """Note what is ready in one move, so that a crash leaves the old note or the new one."""
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp), encoding="utf-8")
    draft.replace(STAMP)


def prepare(lock, programs=()):
    """See that `.venv` holds what the lock names and the system what Qt loads; quick if so."""
    stamp = read_stamp()
    names = [row[0] for row in (*LIBRARIES, *programs)] if sys.platform == "linux" else []
    current = [known for known, mark in stamp["locks"].items() if mark == fingerprint(known)]
    ready = lock in current or (lock == RUN_LOCK and current)
    if ready and set(names) <= set(stamp["system"]):
        return
    began = time.monotonic()
    if names:
        prepare_system(programs)
    if not ready:
        prepare_environment(lock)
        stamp["locks"] = {**{name: fingerprint(name) for name in current}, lock: fingerprint(lock)}
    stamp["system"] = sorted({*stamp["system"], *names})
    write_stamp(stamp)
    UNFINISHED.unlink(missing_ok=True)
    say(f"· set up in {time.monotonic() - began:.1f} s")


def prepare_environment(lock):
    """Create `.venv`, or mend it, and install the lock into it."""
    if UNFINISHED.exists():
        say("· an earlier set-up was interrupted: starting over")
        shutil.rmtree(VENV)
    require_room()
    if not works(PYTHON):
        create_environment()
    UNFINISHED.touch()
    with step(f"installing the packages of {lock}"):
        install(lock)
    write_launcher()


def works(python):
    """Whether an environment's Python starts, is the one that reads this, and has pip."""
    try:
        code, said = run([python, "-c", "import sys, pip; print(sys.version)"])
    except OSError:
        return False
    return code == 0 and said.strip() == sys.version.strip()


def create_environment():
    """Make an empty `.venv`, in the place of one that does not work."""
    require_venv_module()
    with step("creating .venv with Python " + platform.python_version()):
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
        UNFINISHED.touch()
        code, said = run([sys.executable, "-m", "venv", VENV])
    if code != 0:
        raise SetupError(meaning(said, "Python could not create .venv"))


def require_venv_module():
    """Debian splits venv off from Python: install it as root, else say how."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    if not shutil.which("apt-get"):
        raise SetupError("This Python lacks its venv or ensurepip module; install it whole.")
    package = "python%d.%d-venv" % sys.version_info[:2]
    install_debian([package], "This Python lacks its venv module")


def require_room():
    """Refuse before half a package is written, not after."""
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES and not STAMP.exists():
        raise SetupError(f"{DISK_FULL} There are {free // 1_000_000} MB free.")


def install(lock):
    """Install one lock, every file checked against its hash, nothing built from source."""
    command = (
        f"-m pip install --quiet --no-input --progress-bar off --disable-pip-version-check "
        f"--retries 2 --no-deps --require-hashes --only-binary :all: --requirement {lock} --log"
    )
    code, said = run([PYTHON, *command.split(), PIP_LOG], cwd=ROOT)
    if code != 0:
        raise SetupError(meaning(said, f"pip could not install {lock} (its log: {PIP_LOG})"))


def meaning(said, otherwise):
    """Turn what a tool said into the one sentence that helps."""
    for marks, sentence in TROUBLES:
        if any(mark.lower() in said.lower() for mark in marks.split("|")):
            return sentence
    return f"{otherwise}: {last_line(said)}"


def write_launcher():
    """Give the environment the `waydesk` command, which runs this checkout."""
    _, site = run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    pathlib.Path(site.strip(), "waydesk-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    if WINDOWS:
        (BIN / "waydesk.cmd").write_text(f'@"{PYTHON}" -X utf8 -m app %*\n', encoding="utf-8")
        return
    launcher = BIN / "waydesk"
    launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -X utf8 -m app "$@"\n')
    launcher.chmod(0o755)


def prepare_system(programs):
    """On Linux: see that the libraries Qt loads, and the tests' programs, are there."""
    missing = [package for name, package in LIBRARIES if not loads(name)]
    missing += [package for name, package in programs if not shutil.which(name)]
    if missing and not shutil.which("apt-get"):
        raise SetupError(
            f"This system lacks what Debian calls {', '.join(missing)}. Install your "
            "distribution's packages for them and run this again."
        )
    if missing:
        install_debian(missing, "Qt and the tests need system packages")


def loads(name):
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def install_debian(packages, reason):
    """Install Debian packages when root; otherwise print the exact command and stop."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        raise SetupError(f"{reason}. Run this, then try again:\n  sudo {shlex.join(command)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step("installing system packages: " + " ".join(packages)):
        run(["apt-get", "update"], env=environment)
        code, said = run(command, env=environment)
    if code != 0:
        raise SetupError(f"{reason}, but `{shlex.join(command)}` failed: {last_line(said)}")


def run_check(check):
    """Run one check and answer with its name, exit code, output and seconds."""
    name, command = check
    began = time.monotonic()
    program = shutil.which(command[0], path=str(BIN)) or command[0]
    code, said = run([program, *command[1:]], cwd=ROOT, env=settings(NO_COLOR="1"))
    return name, code, said, time.monotonic() - began


def check():
    """Run every check, two at a time; answer with the names of those that failed."""
    failed = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, code, said, seconds in pool.map(run_check, CHECKS):
            say(f"· {name}: {'passed' if code == 0 else 'FAILED'} ({seconds:.1f} s)")
            if code != 0:
                failed.append(name)
                say(said.rstrip())
    return failed


def do_setup(_rest):
    """Set up all a developer needs."""
    prepare(DEV_LOCK, TEST_PROGRAMS)
    return 0


def do_demo(rest):
    """Set up what the program needs, then run its main job in this process's place."""
    prepare(RUN_LOCK)
    command = [str(PYTHON), "-X", "utf8", "-m", "app", "demo", *rest]
    if not WINDOWS:
        os.execve(command[0], command, settings())
    return subprocess.call(command, env=settings())


def do_check(_rest):
    """Run the checks that need no test run."""
    prepare(DEV_LOCK, TEST_PROGRAMS)
    return 1 if check() else 0


def do_test(rest):
    """Run the checks, then the tests; pytest's closing line is the last one printed."""
    prepare(DEV_LOCK, TEST_PROGRAMS)
    failed = [] if "--live" in rest else check()
    spread = () if rest else ("-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile")
    command = [str(PYTHON), "-X", "utf8", "-m", "pytest", *spread, *rest]
    told = settings(WAYDESK_FAILED_CHECKS=", ".join(failed))
    return subprocess.call(command, cwd=ROOT, env=told) or (1 if failed else 0)


def house_program(name, rest):
    """Run one of the house's own programs beside its tests."""
    command = [str(PYTHON), "-X", "utf8", str(ROOT / "tests" / "house" / name), *rest]
    return subprocess.call(command, cwd=ROOT, env=settings())


def do_freeze(rest):
    """Build the frozen program, then let it do the demo's job on fifty orders."""
    prepare(FREEZE_LOCK)
    return house_program("freeze.py", rest)


def do_lock(rest):
    """Write the locks anew from pyproject.toml; the rest goes to uv (`--upgrade`)."""
    return house_program("write_locks.py", rest)


VERBS = {name[3:]: verb for name, verb in globals().items() if name.startswith("do_")}


def main(arguments):
    """Do what was asked; a trouble a person can settle ends in one sentence, not a trace."""
    if not arguments or arguments[0] not in VERBS:
        say(__doc__.strip())
        return 0 if arguments[:1] in (["-h"], ["--help"], ["help"]) else 2
    try:
        return VERBS[arguments[0]](arguments[1:])
    except SetupError as trouble:
        sentence = str(trouble)
    except KeyboardInterrupt:
        sentence = "Stopped. Run the same command again to go on."
    except OSError as trouble:
        full = trouble.errno in (errno.ENOSPC, errno.EDQUOT)
        sentence = DISK_FULL if full else f"The set-up cannot go on: {trouble}"
    print(sentence, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
