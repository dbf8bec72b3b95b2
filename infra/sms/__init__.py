"""The SMS service: what it may send for us, and whom it may not text."""
