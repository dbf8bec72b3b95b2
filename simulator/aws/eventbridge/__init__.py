"""How things reach a function or a bucket: event buses, queues, streams and the delivery stream."""
