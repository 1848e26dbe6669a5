"""The screen of staff: who is in with which roles, the review of them, and the departments."""
