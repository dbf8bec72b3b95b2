"""The register of holds as people read it: every night as a page, and of one case as a receipt."""
