"""How things reach a function: event buses, queues, streams, schedules and the delivery stream."""
