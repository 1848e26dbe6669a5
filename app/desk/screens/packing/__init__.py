"""The packing and weighing stations: made for a scanner and no mouse."""
