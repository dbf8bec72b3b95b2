"""The hold domain's ports on AWS. Every AWS error is translated here, by code, and nowhere else."""
