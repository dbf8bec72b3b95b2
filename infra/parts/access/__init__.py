"""Who may do what: the rights of roles and functions, and who may send to a queue."""
