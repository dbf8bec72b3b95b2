"""The clock of a request: facts are stored, deadlines are derived."""
