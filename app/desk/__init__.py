"""What people see: Qt windows over reads, and a link to the keeper."""
