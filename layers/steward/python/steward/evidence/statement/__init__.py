"""The monthly statement: nothing is older than the policy, every hold is whole, every disposal is proven."""
