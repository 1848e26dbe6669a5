"""The screen of stock: what is stopped, what runs low, and whether the figures are true."""
