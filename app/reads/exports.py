"""What the viewer took out of the house as files lately."""

from app.reads.book import ReadBook
from app.reads.viewer import Viewer

DAY_MS = 24 * 3_600_000


def taken_lately(book: ReadBook, viewer: Viewer, now: int) -> int:
    """How many rows of orders the viewer exported in the last day without anybody's consent."""
    sql = (
        "SELECT coalesce(sum(row_count), 0) AS n FROM export_file"
        " WHERE operator_id = ? AND consented = 0 AND at > ?"
    )
    found = book.row(sql, (viewer.operator_id, now - DAY_MS))
    return int(found["n"]) if found else 0
