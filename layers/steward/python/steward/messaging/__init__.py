"""Messaging: a text only to somebody who asked for it, once, with proof (BAR-7)."""
