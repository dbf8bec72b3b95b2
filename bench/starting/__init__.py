"""What an invocation costs its function: the import, and our own CPU."""
