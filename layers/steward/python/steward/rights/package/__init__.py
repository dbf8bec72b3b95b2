"""The package that a person is given: what is in it, what was taken out and why, and its manifest."""
