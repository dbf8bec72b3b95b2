"""What a call to AWS may come to, as far as whoever decides about it has to know.

The adapters raise these; ``steward.aws.errors`` says which of AWS's codes mean which.
"""

from __future__ import annotations


class AwsError(Exception):
    """A call to AWS that did not succeed.

    ``operation`` is ``service.Operation`` where known, ``code`` is AWS's error code. The message holds neither
    identifiers nor AWS's own text, because that text may quote what was sent.
    """

    retryable = False

    def __init__(self, operation: str, code: str) -> None:
        super().__init__(f"{operation} answered {code}")
        self.operation = operation
        self.code = code


class NotFound(AwsError):
    """The thing does not exist."""


class AccessDenied(AwsError):
    """The role, the key or a lock does not allow it."""


class NotSignedIn(AccessDenied):
    """The credentials are none, wrong, or no longer valid: nothing is known of what was asked for."""

    retryable = True


class Conflict(AwsError):
    """It exists already, or a condition on its present state was not met."""


class Contended(Conflict):
    """Another write of the same thing was under way; trying again will help."""

    retryable = True


class PreconditionFailed(Conflict):
    """An ``If-Match`` or ``If-None-Match`` condition, or a DynamoDB condition, was not met."""


class InvalidRequest(AwsError):
    """AWS refuses the request as it stands; trying again will not help."""


class Throttled(AwsError):
    """Too many requests; trying again later will help."""

    retryable = True


class Unavailable(AwsError):
    """No answer, or a fault on AWS's side. The call may have taken effect."""

    retryable = True


class UnreadableRow(Exception):
    """A row that does not state what it should. The text names the field and quotes nothing of the row."""
