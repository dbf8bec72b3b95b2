"""A request of a person that begins during a call, in the agent's guide."""
