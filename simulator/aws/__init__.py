"""The embedded AWS, a folder for each service, and what holds them together."""
