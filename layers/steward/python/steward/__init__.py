"""steward: a council's privacy notice, kept by its Amazon Connect contact centre."""
