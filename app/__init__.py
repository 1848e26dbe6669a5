"""Waydesk, the desktop application: see docs/house.md for what stands where."""
