"""The only places that name the concrete classes of every floor."""
