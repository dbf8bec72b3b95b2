"""What the stacks are built from: a role, a function, a queue, a schedule, each with what steward always wants of it."""
