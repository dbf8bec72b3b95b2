"""Where disclosures and their copies live in AWS."""
