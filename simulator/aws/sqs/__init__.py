"""What moto's SQS lacks."""

from simulator.aws.sqs.moves import attach_message_moves, message_moves

__all__ = ["attach_message_moves", "message_moves"]
