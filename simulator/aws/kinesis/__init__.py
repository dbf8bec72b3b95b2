"""Streams: what reads them, and what Firehose writes from them."""
