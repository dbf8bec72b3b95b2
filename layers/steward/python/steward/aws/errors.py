"""AWS errors, translated once and by code; nothing outside the adapters looks at botocore's exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.exceptions
from botocore.exceptions import BotoCoreError, ClientError

from steward.failures import (
    AccessDenied,
    AwsError,
    Conflict,
    Contended,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    PreconditionFailed,
    Throttled,
    Unavailable,
)

_BY_KIND: dict[type[AwsError], tuple[str, ...]] = {
    NotFound: (
        "404",
        "405",
        "MethodNotAllowed",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchCORSConfiguration",
        "NoSuchEntity",
        "NoSuchKey",
        "NoSuchLifecycleConfiguration",
        "NoSuchObjectLockConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchUpload",
        "NoSuchVersion",
        "NoSuchWebsiteConfiguration",
        "NotFound",
        "NotFoundException",
        "ObjectLockConfigurationNotFoundError",
        "OwnershipControlsNotFoundError",
        "ParameterNotFound",
        "ParameterVersionNotFound",
        "PolicyNotFoundException",
        "ProvisionedConcurrencyConfigNotFoundException",
        "QueueDoesNotExist",
        "ReplicationConfigurationNotFoundError",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "ServerSideEncryptionConfigurationNotFoundError",
        "AWS.SimpleQueueService.NonExistentQueue",
    ),
    AccessDenied: (
        "401",
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "KMS.AccessDeniedException",
        "KMSAccessDenied",
        "KMSAccessDeniedException",
        "KmsAccessDenied",
        "NotAuthorized",
        "UnauthorizedException",
        "UnauthorizedOperation",
    ),
    NotSignedIn: (
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotSignedUp",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    ),
    PreconditionFailed: ("412", "ConditionalCheckFailedException", "PreconditionFailed"),
    Contended: (
        # A conditional write of S3 that met another one is to be tried again (API reference, CopyObject and PutObject).
        "ConditionalRequestConflict",
        "OperationAborted",
        "ReplicatedWriteConflictException",
        "TransactionConflictException",
    ),
    Conflict: ("409", "ConflictException", "ResourceConflictException"),
    Throttled: (
        "429",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "KMS.ThrottlingException",
        "KMSThrottling",
        "KmsThrottled",
        "LimitExceededException",
        "OverLimit",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttled",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
    ),
    Unavailable: (
        "500",
        "502",
        "503",
        "504",
        "DependencyTimeout",
        "DependencyTimeoutException",
        "InternalError",
        "InternalErrorException",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "InternalServiceError",
        "InternalServiceException",
        "KMSInternal",
        "KMSInternalException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "TransactionInProgressException",
    ),
}
"""AWS's codes by what they mean to whoever called. A code that is only a number stands in answers without a body.

Sources: the error shapes of the services' models in botocore; botocore's list of throttling codes
(``retries.standard``); "Common errors" in each service's API reference.
"""

_BY_CODE: dict[str, type[AwsError]] = {code: kind for kind, codes in _BY_KIND.items() for code in codes}

_BY_STATUS: dict[int, type[AwsError]] = {401: AccessDenied, 403: AccessDenied, 429: Throttled}
_SERVER_ERROR = 500

_NO_ANSWER = (
    botocore.exceptions.ConnectionError,
    botocore.exceptions.HTTPClientError,
    botocore.exceptions.IncompleteReadError,
)
_NO_CREDENTIALS = (
    botocore.exceptions.CredentialRetrievalError,
    botocore.exceptions.NoCredentialsError,
    botocore.exceptions.PartialCredentialsError,
    botocore.exceptions.SSOError,
    botocore.exceptions.TokenRetrievalError,
)


def translate(error: ClientError | BotoCoreError, operation: str = "") -> AwsError:
    """Return what that error means, by its code.

    A code that is not known is told by its HTTP status: a server's error is ``Unavailable``, 401 and 403 are
    ``AccessDenied``, 429 is ``Throttled``, and the rest ``InvalidRequest``. An error without an answer (a time-out, a
    broken connection) is ``Unavailable``; one that the client itself found, such as a parameter that no API takes, is
    an ``InvalidRequest``: trying again will not help.
    """
    if not isinstance(error, ClientError):
        code = type(error).__name__
        if isinstance(error, _NO_ANSWER):
            return Unavailable(operation, code)
        return (NotSignedIn if isinstance(error, _NO_CREDENTIALS) else InvalidRequest)(operation, code)
    operation = operation or error.operation_name
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code == "TransactionCanceledException":
        reasons: Any = error.response.get("CancellationReasons", ())
        return _cancelled({str(reason.get("Code", "None")) for reason in reasons})(operation, code)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    fallback = Unavailable if status >= _SERVER_ERROR else _BY_STATUS.get(status, InvalidRequest)
    return _BY_CODE.get(code, fallback)(operation, code)


def _cancelled(reasons: set[str]) -> type[AwsError]:
    """Return what a cancelled transaction means: the reason that will not pass by itself comes first.

    Amazon DynamoDB API reference, "TransactWriteItems". Without reasons it is taken for a lost race.
    """
    if "ConditionalCheckFailed" in reasons:
        return PreconditionFailed
    if reasons & {"ItemCollectionSizeLimitExceeded", "ValidationError"}:
        return InvalidRequest
    if reasons & {"AccessDenied"}:
        return AccessDenied
    if reasons & {"ProvisionedThroughputExceeded", "ThrottlingError"}:
        return Throttled
    return Contended


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Translate what the calls inside raise; ``operation`` names them as ``service.Operation``.

    Raises the AwsError that ``translate`` returns for it, with AWS's own error as its cause.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translate(error, operation) from error
