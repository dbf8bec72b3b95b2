"""Where requests, their records and their messages live in AWS."""
