"""Local servers that speak each side's own wire format and refuse what the real ones refuse."""
