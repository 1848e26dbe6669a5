"""Pure business: no clock, no file, no network, no Qt, no SQL."""
