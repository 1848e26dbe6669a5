"""Names that vulture takes for unused, each with who uses it. Read by vulture, never imported."""

# Parameters of a protocol's methods: whoever keeps the promise uses them.
username
password

# Imports used inside quoted types, which vulture does not read.
IO
Buffer
