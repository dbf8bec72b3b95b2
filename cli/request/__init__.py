"""``steward request``: people's requests about their data, from their receipt to their end."""
