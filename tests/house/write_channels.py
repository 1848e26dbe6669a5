"""Write the tables of docs/channels.md anew: `python -m tests.house.write_channels`."""

from pathlib import Path

from app.cli.channels import firsts_of, registry, table_of
from app.compose.channels import declared
from app.domain.connections import Kind
from app.rulebook import load

PAGE = Path(__file__).resolve().parents[2] / "docs/channels.md"
HEADS = {Kind.PLATFORM: "## Shop platforms", Kind.CARRIER: "## Carriers"}


def write() -> None:
    """Put each kind's table under its heading; what stands above the first one stays."""
    rules = load()
    rows = registry(rules.connections, declared())
    text = PAGE.read_text("utf-8").split(HEADS[Kind.PLATFORM])[0]
    for kind in Kind:
        mine = [row for row in rows if row.connection.kind is kind]
        table = table_of(mine, rules.connections, rules.words, "en")
        text += f"{HEADS[kind]}\n\n{table}\n{firsts_of(mine, rules.words, 'en')}\n"
    PAGE.write_text(text.rstrip("\n") + "\n", "utf-8")


if __name__ == "__main__":
    write()
