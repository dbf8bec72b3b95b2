"""Creates what the templates declare, service by service."""
