"""Connect's own simulations of the deployed flows: what a caller must hear, as test cases of the service."""
