"""Runs the handlers in this process as Lambda would run them."""
