"""Who may do what to a store: the keys, the roles that change what stores keep, and what nobody else may do."""
