"""What the stacks are built from: a role, a function, a queue, a schedule, each as steward always wants it."""
