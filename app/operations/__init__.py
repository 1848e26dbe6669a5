"""The verbs of the shop: one handler per command behind one door, and the intake."""
