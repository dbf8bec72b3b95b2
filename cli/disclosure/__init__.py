"""``steward disclosure``: requests of others for records, from their receipt to the hand-over."""
