"""Writes the first revision's statements from today's tables; only until the first release.

    python -m tests.store.upgrade.freeze

After a release a change of the tables is a new revision, and the frozen files stay as they are.
"""

from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from app.store.migrations import versions_folder
from app.store.migrations.guards import GUARDS
from app.store.schema import metadata

DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


def statements(engine: str) -> list[str]:
    dialect = DIALECTS[engine]
    made = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    made += GUARDS[engine].values()
    return ["\n".join(line.rstrip() for line in one.strip().splitlines()) for one in made]


def write(folder: Path) -> None:
    for engine in DIALECTS:
        text = "\n;;\n".join(statements(engine)) + "\n"
        (folder / f"0001.{engine}.sql").write_text(text, "utf-8")


if __name__ == "__main__":
    write(versions_folder())
