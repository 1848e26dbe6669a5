"""Local servers that speak the wire formats of channels and carriers and refuse what these refuse."""
