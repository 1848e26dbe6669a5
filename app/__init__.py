"""Waydesk, the desktop application: see docs/house.md for what stands where."""

__version__ = "0.1.0"
