"""Each fault of network and platforms that Waydesk must survive names tests that exist."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = range(16, 40)


def test_every_fault_of_the_line_names_the_tests_that_provoke_it() -> None:
    told = tomllib.loads((ROOT / "tests/simulation/faults.toml").read_text("utf-8"))["fault"]
    assert [fault["row"] for fault in told] == list(ROWS)
    missing = []
    for name in (name for fault in told for name in fault["tests"]):
        file, _, test = name.partition("::")
        path = ROOT / file
        found = path.exists() and re.search(
            rf"^(async )?def {test}\(", path.read_text("utf-8"), re.M
        )
        if not found:
            missing.append(name)
    assert all(fault["tests"] and fault["what"] for fault in told)
    assert not missing
