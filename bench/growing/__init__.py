"""What grows with the number of contacts and holds."""
