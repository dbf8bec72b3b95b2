"""What ships with the functions: its bill of materials, and what is known against it."""
