"""The book as the first Waydesk knew it: every table, and the guards of the record.

Revision ID: 0001
Revises:

The statements stand as they were in `0001.sqlite.sql` and `0001.postgresql.sql`, not made from
today's tables, so that a book begun years ago and one begun today went through the same steps.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, index and guard of this engine, one statement after the other."""
    engine = op.get_bind().dialect.name
    script = Path(__file__).with_name(f"0001.{engine}.sql").read_text("utf-8")
    for statement in script.split("\n;;\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement.strip())
