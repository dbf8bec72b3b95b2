"""Deploys with the real CDK command line: into an emulated account on this machine, or into the account in use."""
