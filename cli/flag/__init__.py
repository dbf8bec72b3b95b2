"""``steward flag``: hold the contacts of a list, and see what came of each."""
