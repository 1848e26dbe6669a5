"""How each connector is made from a shop's own fields: one file each."""
