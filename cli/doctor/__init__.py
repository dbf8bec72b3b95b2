"""``steward doctor``: what steward assumes about a live account, read before anything changes."""
