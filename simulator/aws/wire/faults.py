"""Planned failures of AWS calls, in the shape in which AWS would send them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from botocore import exceptions as botocore_errors
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from simulator.aws.wire.batches import BATCHES, meets

if TYPE_CHECKING:
    from botocore.model import OperationModel

_STATUS: Final = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "KMS.AccessDeniedException": 400,
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "NoSuchVersion": 404,
    "NotFound": 404,
    "404": 404,
    "ResourceNotFoundException": 404,
    "PreconditionFailed": 412,
    "ConditionalRequestConflict": 409,
    "OperationAborted": 409,
    "ConflictException": 409,
    "TooManyRequestsException": 429,
    "LimitExceededException": 429,
    "SlowDown": 503,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "InternalServerException": 500,
    "InternalServiceException": 500,
    "RequestTimeout": 400,
}
_BROKEN_LINES: Final[dict[str, type[botocore_errors.BotoCoreError]]] = {
    "ReadTimeout": botocore_errors.ReadTimeoutError,
    "ConnectTimeout": botocore_errors.ConnectTimeoutError,
    "EndpointConnection": botocore_errors.EndpointConnectionError,
    "ConnectionClosed": botocore_errors.ConnectionClosedError,
}


@dataclass
class Fault:
    """The next ``times`` calls of an operation, or all ``until`` a moment, fail before or after taking effect.

    With ``keys``, of the calls of a batch operation that have such a row, those rows fail and the others take effect.
    """

    service: str
    operation: str
    error: str
    times: int
    after_effect: bool = False
    keys: tuple[str, ...] = ()
    until: datetime | None = None


class Faults:
    """The failures that are still to come."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``now`` tells the time, for failures that end at a moment."""
        self._now = now
        self._planned: list[Fault] = []

    def add(
        self,
        *,
        service: str,
        operation: str,
        error: str,
        times: int = 1,
        until: datetime | None = None,
        after_effect: bool = False,
        keys: Sequence[str] = (),
    ) -> None:
        """Let the next ``times`` calls fail, or all that are made before ``until``.

        ``service`` is named as in ``boto3.client``, ``operation`` as in the API (``CopyObject``), ``error`` is a code
        of AWS, or ``ReadTimeout``, ``ConnectTimeout``, ``EndpointConnection``, ``ConnectionClosed``. Every request
        counts, so a client's own retry meets the next fault. ``keys`` names the rows of a batch operation that fail:
        all in whose key one of them occurs. Raises ValueError for less than one time, and for keys of an operation that
        has no rows.
        """
        if times < 1:
            raise ValueError(f"times must be at least 1, not {times}")
        if keys and f"{service}.{operation}" not in BATCHES:
            raise ValueError(f"{service}.{operation} has no rows that can fail one by one")
        self._planned.append(Fault(service, operation, error, times, after_effect, tuple(keys), until))

    def take(self, service: str, operation: str, request: AWSPreparedRequest | None = None) -> Fault | None:
        """Return the fault that this call meets, if any, and use it up once."""
        self._planned = [fault for fault in self._planned if fault.until is None or self._now() < fault.until]
        for fault in self._planned:
            if (
                fault.operation == operation
                and fault.service == service
                and (not fault.keys or (request and meets(f"{service}.{operation}", request, fault.keys)))
            ):
                fault.times -= fault.until is None
                if fault.times == 0:
                    self._planned.remove(fault)
                return fault
        return None

    def any(self) -> bool:
        """Tell whether a failure is still to come."""
        return bool(self._planned)

    def clear(self) -> None:
        """Forget every planned failure."""
        self._planned.clear()


def broken_line(error: str) -> type[botocore_errors.BotoCoreError] | None:
    """Return the exception of a network failure, or ``None`` when the error is an answer from AWS."""
    return _BROKEN_LINES.get(error.removesuffix("Error"))


def error_response(request: AWSPreparedRequest, model: OperationModel, code: str) -> AWSResponse:
    """Return a well-formed error response of the operation's protocol.

    Raises NotImplementedError for a protocol of which none is known.
    """
    message = "A planned failure of the embedded AWS"
    status = _status(model, code)
    headers: Any = {"x-amzn-requestid": "00000000-0000-4000-8000-000000000000"}
    body: str
    match model.service_model.resolved_protocol:
        case "rest-xml":
            headers["content-type"] = "application/xml"
            body = (
                '<?xml version="1.0" encoding="UTF-8"?>'
                f"<Error><Code>{escape(code)}</Code><Message>{message}</Message><RequestId>0</RequestId></Error>"
            )
        case "query" | "ec2":
            headers["content-type"] = "text/xml"
            fault = "Sender" if status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's own border
            body = (
                f"<ErrorResponse><Error><Type>{fault}</Type><Code>{escape(code)}</Code>"
                f"<Message>{message}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
            )
        case "rest-json":
            headers |= {"content-type": "application/json", "x-amzn-errortype": code}
            body = json.dumps({"message": message})
        case "json":
            headers["content-type"] = "application/x-amz-json-1.1"
            body = json.dumps({"__type": code, "message": message})
        case other:
            raise NotImplementedError(f"no error response is known for the protocol {other!r}")
    if request.method == "HEAD":
        body = ""
    raw: Any = MockRawResponse(body)
    return AWSResponse(str(request.url), status, headers, raw)


def _status(model: OperationModel, code: str) -> int:
    for shape in model.error_shapes:
        error = shape.metadata.get("error", {})
        if code in {shape.name, error.get("code")} and "httpStatusCode" in error:
            return int(error["httpStatusCode"])
    if model.service_model.resolved_protocol == "json" and code not in {"InternalServerError", "ServiceUnavailable"}:
        return 400
    return _STATUS.get(code, 400)
