"""``steward init``: a council's own folder, with its questions."""
