"""What an error of AWS means. The judges are botocore's own models and its own list of throttling codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.exceptions as raised
import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.retries.standard import ThrottledRetryableChecker

from steward.aws.errors import translate
from steward.failures import (
    AccessDenied,
    AwsError,
    Contended,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    PreconditionFailed,
    Throttled,
    Unavailable,
)

THROTTLING: list[str] = sorted(vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"])
USED = {
    "connect": "DescribeContact ListAssociatedContacts ListContactEvaluations ListContactReferences "
    "DescribeContactEvaluation SuspendContactRecording ResumeContactRecording",
    "dynamodb": "GetItem PutItem UpdateItem DeleteItem Query TransactWriteItems",
    "kms": "GenerateMac",
    "pinpoint-sms-voice-v2": "SendTextMessage PutOptedOutNumber DeleteOptedOutNumber",
    "s3": "CopyObject PutObject GetObject HeadObject DeleteObjects PutObjectRetention PutObjectLegalHold",
    "scheduler": "CreateSchedule",
    "sns": "Publish",
    "sqs": "SendMessage SendMessageBatch",
    "ssm": "GetParameter",
}
"""What the functions call."""


def answer(code: str, status: int = 400, **more: object) -> AwsError:
    """What an answer with that code and HTTP status is translated to."""
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return translate(ClientError(response, "Operation"), "service.Operation")


def modelled() -> Iterator[tuple[str, str, str, int]]:
    """Operation, code, shape and HTTP status of every error that the models give to what is called."""
    loader = Loader()
    for service, operations in USED.items():
        model = ServiceModel(loader.load_service_model(service, "service-2"), service)
        for operation in operations.split():
            for shape in model.operation_model(operation).error_shapes:
                error = shape.metadata.get("error", {})
                status = 500 if shape.metadata.get("fault") else error.get("httpStatusCode", 400)
                yield f"{service}.{operation}", str(error.get("code", shape.name)), shape.name, status


@pytest.mark.parametrize("code", THROTTLING)
def test_what_botocore_takes_for_throttling_passes_by_itself(code: str) -> None:
    assert answer(code).retryable
    assert isinstance(answer(code), Throttled) or code == "TransactionInProgressException"


def test_an_error_of_what_is_called_is_of_the_kind_that_its_model_says() -> None:
    kinds = {"Thrott": Throttled, "NotFound": NotFound, "NoSuch": NotFound, "AccessDenied": AccessDenied}
    errors = list(modelled())
    assert len(errors) > 50
    for operation, code, shape, status in errors:
        found = answer(code, status)
        assert found.retryable or status < 500, (operation, code)
        # A key of KMS that is not there says nothing of the thing that was asked for.
        for name, kind in () if "NotFound" in shape and shape.upper().startswith("KMS") else kinds.items():
            assert isinstance(found, kind) or name not in shape, (operation, code)


@pytest.mark.parametrize("code", ["429", "503", "500"])
def test_an_answer_without_a_body_is_told_by_its_number(code: str) -> None:
    assert answer(code, int(code)).retryable


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException"])
def test_credentials_that_are_no_longer_valid_say_nothing_of_what_was_asked_for(code: str) -> None:
    error = answer(code, 403)
    assert isinstance(error, NotSignedIn)
    assert error.retryable
    assert not isinstance(error, NotFound | InvalidRequest)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (raised.ParamValidationError(report="x"), InvalidRequest),
        (raised.NoRegionError(), InvalidRequest),
        (raised.UnknownServiceError(service_name="x", known_service_names="y"), InvalidRequest),
        (raised.NoCredentialsError(), NotSignedIn),
        (raised.CredentialRetrievalError(provider="x", error_msg="y"), NotSignedIn),
        (raised.ReadTimeoutError(endpoint_url="x"), Unavailable),
        (raised.ConnectTimeoutError(endpoint_url="x"), Unavailable),
        (raised.EndpointConnectionError(endpoint_url="x"), Unavailable),
        (raised.ConnectionClosedError(endpoint_url="x"), Unavailable),
        (raised.SSLError(endpoint_url="x", error=OSError()), Unavailable),
        (raised.IncompleteReadError(actual_bytes=1, expected_bytes=2), Unavailable),
    ],
)
def test_only_a_line_that_broke_is_an_outage(error: raised.BotoCoreError, kind: type[AwsError]) -> None:
    translated = translate(error, "s3.GetObject")
    assert type(translated) is kind
    assert (translated.operation, translated.code) == ("s3.GetObject", type(error).__name__)


@pytest.mark.parametrize(
    ("reasons", "kind"),
    [
        (["None", "ConditionalCheckFailed"], PreconditionFailed),
        (["TransactionConflict", "ConditionalCheckFailed"], PreconditionFailed),
        (["ThrottlingError", "ConditionalCheckFailed"], PreconditionFailed),
        (["None", "TransactionConflict"], Contended),
        (["ThrottlingError", "None"], Throttled),
        (["ProvisionedThroughputExceeded"], Throttled),
        (["ValidationError", "ThrottlingError"], InvalidRequest),
        ([], Contended),
    ],
)
def test_a_cancelled_transaction_means_what_its_reasons_say(reasons: list[str], kind: type[AwsError]) -> None:
    error = answer("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in reasons])
    assert type(error) is kind


@pytest.mark.parametrize(
    ("status", "kind"), [(400, InvalidRequest), (403, AccessDenied), (429, Throttled), (500, Unavailable)]
)
def test_a_code_that_nobody_knows_is_told_by_its_status(status: int, kind: type[AwsError]) -> None:
    assert type(answer("SomethingNew", status)) is kind
