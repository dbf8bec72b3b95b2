"""What moto's DynamoDB lacks."""

from local.dynamodb.queries import partitioned_queries
from local.dynamodb.transactions import fast_transactions

__all__ = ["fast_transactions", "partitioned_queries"]
