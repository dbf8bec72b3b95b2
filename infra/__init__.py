"""The infrastructure, as CDK stacks and one construct per capability."""
