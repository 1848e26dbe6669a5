"""Shops and carriers: how each is connected, and how well each is read."""
