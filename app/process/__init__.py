"""What one process of Waydesk needs of its computer: folder, locks, pipes, children, log."""
