"""What a contact costs: calls, invocations, dollars."""
