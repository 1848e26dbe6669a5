from tests.books import clock, ids
from tests.desk.desk_world import desk, prepared_shop

__all__ = ["clock", "desk", "ids", "prepared_shop"]
