"""AWS errors, translated once and by code; nothing outside the adapters looks at botocore's exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError


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


class Conflict(AwsError):
    """It exists already, or a condition on its present state was not met."""


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


_BY_CODE: dict[str, type[AwsError]] = {
    **dict.fromkeys(
        (
            "404",
            "NoSuchKey",
            "NoSuchVersion",
            "NoSuchBucket",
            "405",
            "MethodNotAllowed",
            "NotFound",
            "ResourceNotFoundException",
            "ParameterNotFound",
        ),
        NotFound,
    ),
    **dict.fromkeys(("403", "AccessDenied", "AccessDeniedException", "KMSAccessDeniedException"), AccessDenied),
    **dict.fromkeys(
        ("412", "PreconditionFailed", "ConditionalCheckFailedException", "TransactionCanceledException"),
        PreconditionFailed,
    ),
    **dict.fromkeys(("409", "ConflictException", "ConditionalRequestConflict", "ResourceConflictException"), Conflict),
    **dict.fromkeys(
        (
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "ProvisionedThroughputExceededException",
            "RequestThrottled",
        ),
        Throttled,
    ),
    **dict.fromkeys(
        (
            "500",
            "502",
            "503",
            "504",
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceException",
            "InternalServiceError",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "RequestTimeout",
            "TransactionInProgressException",
        ),
        Unavailable,
    ),
}


def translate(error: ClientError | BotoCoreError, operation: str = "") -> AwsError:
    """Return what that error means, by its code.

    A code that is not known is an ``InvalidRequest``, unless its HTTP status says that the service failed. An error
    without an answer (a time-out, a broken connection) is ``Unavailable``.
    """
    if not isinstance(error, ClientError):
        return Unavailable(operation, type(error).__name__)
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    fallback: type[AwsError] = Unavailable if status >= 500 else InvalidRequest  # noqa: PLR2004 -- HTTP server errors
    return _BY_CODE.get(code, fallback)(operation or error.operation_name, code)


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Translate what the calls inside raise; ``operation`` names them as ``service.Operation``."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translate(error, operation) from error
