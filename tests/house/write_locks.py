"""Write the three locks from pyproject.toml, for every system at once (`python3 dev.py lock`).

Each names exact versions and the hash of every file of them, and no index host, so that a shop's
own mirror serves as well as any other. What is given on the command line goes to uv.
"""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEV_LOCK = "requirements-dev.lock"
SAME = ("--constraint", DEV_LOCK)
LOCKS = (
    (DEV_LOCK, ("--group", "dev")),
    ("requirements.lock", SAME),
    ("requirements-freeze.lock", ("--group", "freeze", *SAME)),
)
FIXED = (
    "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--quiet", "--no-config", "--no-header", "--no-annotate",
    "--no-emit-index-url", "--no-emit-find-links",
)  # fmt: skip


def main(more: list[str]) -> int:
    uv = shutil.which("uv")
    if uv is None:
        print("Writing the locks needs uv; install it and run this again.", file=sys.stderr)
        return 1
    for lock, groups in LOCKS:
        command = [uv, *FIXED, *groups, *more, "--output-file", lock]
        if subprocess.call(command, cwd=ROOT, stdout=subprocess.DEVNULL) != 0:
            return 1
        print(f"wrote {lock}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
