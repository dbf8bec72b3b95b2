"""What moto's DynamoDB lacks."""

from simulator.aws.dynamodb.queries import partitioned_queries
from simulator.aws.dynamodb.transactions import fast_transactions

__all__ = ["fast_transactions", "partitioned_queries"]
