"""Rules about what Connect refuses to take."""
