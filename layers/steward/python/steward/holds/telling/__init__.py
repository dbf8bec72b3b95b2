"""What the complaints team is told, and what becomes of messages that are refused."""
