"""The screen of staff: who works here, the review of who may do what, departments."""

from app.desk.paged import PagedScreen
from app.desk.screens.people.departments import DepartmentsPage
from app.desk.screens.people.review import ReviewPage
from app.desk.screens.people.staff import StaffPage
from app.desk.seat import Seat


class PeopleScreen(PagedScreen):
    """Staff, the review of who may do what, departments."""

    def __init__(self, seat: Seat) -> None:
        self.staff, self.review = StaffPage(seat), ReviewPage(seat)
        self.departments = DepartmentsPage(seat)
        pages = {"staff": self.staff, "review": self.review, "departments": self.departments}
        super().__init__(seat, pages, "nav.people")
        self.staff.model.settled.connect(self.say_total)
        self.say()

    def chip(self, name: str) -> str:
        """The word of a page."""
        return f"people.{name}"

    def total(self) -> str:
        """How many people there are, and how many have left."""
        model = self.staff.model
        rows = [model.row(at) for at in range(model.rowCount())]
        left = sum(row.state == "left" for row in rows if row is not None)
        return self._seat.speech.say("people.count", n=len(rows) - left, left=left) if rows else ""

    def say_add(self) -> None:
        """Somebody is added to the staff, or a department to the departments."""
        say = self._seat.speech.say
        self.add.setVisible(self.page is not self.review)
        self.add.say(say("people.add" if self.page is self.staff else "people.dep_add"))

    def add_one(self) -> None:
        """Add somebody, or a department."""
        if self.page is self.departments:
            self.departments.add()
        elif self.page is self.staff:
            self.staff.add()
