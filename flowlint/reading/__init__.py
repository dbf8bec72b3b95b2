"""From files, folders, templates and instances to flows."""
