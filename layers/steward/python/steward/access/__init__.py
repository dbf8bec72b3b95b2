"""Who may listen, and whether the instance lets anybody else."""
