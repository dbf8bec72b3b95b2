"""Puts the domain and its adapters together from a function's environment; each function imports only its own part."""
