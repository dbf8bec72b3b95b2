"""What stands between boto3 and the embedded AWS: hooks on every call, and faults that are asked for."""
