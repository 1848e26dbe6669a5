"""One's own second factor: whether there is one, since when, and the printed codes left."""

from dataclasses import dataclass

from app.reads.book import ReadBook
from app.reads.viewer import Viewer


@dataclass(frozen=True, slots=True)
class MyFactor:
    """How somebody's second factor stands; times are UTC ms.

    Attributes:
        since: when the authenticator app in force was set up; None without one.
        counts_from: from when the app lets whoever is alone consent to their own request.
        codes: how many printed codes are not used yet.
    """

    since: int | None = None
    counts_from: int = 0
    codes: int = 0

    @property
    def is_on(self) -> bool:
        """Whether there is anything to prove oneself with beside the passphrase."""
        return self.since is not None or self.codes > 0


def mine(book: ReadBook, viewer: Viewer) -> MyFactor:
    """The viewer's own second factor, whoever the viewer is; nobody sees another's."""
    sql = (
        "SELECT set_at, coalesce(counts_from, 0) AS counts_from FROM second_factor"
        " WHERE id = ? AND secret_ct IS NOT NULL"
    )
    app = book.row(sql, (viewer.operator_id,))
    codes = book.row(
        "SELECT count(*) AS n FROM recovery_code WHERE operator_id = ? AND used_at IS NULL",
        (viewer.operator_id,),
    )
    left = codes["n"] if codes else 0
    return MyFactor(app["set_at"], app["counts_from"], left) if app else MyFactor(codes=left)
