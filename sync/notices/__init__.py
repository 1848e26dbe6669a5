"""Ways to tell people something outside Waydesk."""
