"""The flows and modules of an instance: what is published, what is only saved, versions and aliases."""
