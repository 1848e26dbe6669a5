"""What a desk may ask: typed frozen structs, one file per group, and the frame codec."""
