"""The settings: what the shop has decided, what this computer does, how Waydesk is kept well."""
