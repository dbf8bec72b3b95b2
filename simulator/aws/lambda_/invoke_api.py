"""Lambda's own ``Invoke``, for a function that invokes another: moto would want a container for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from simulator.aws.lambda_.service import UnknownFunction

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from simulator.aws.lambda_.invocation import Invocation
    from simulator.aws.lambda_.service import Functions
    from simulator.aws.wire.client_hooks import Answer


def invoke_api(functions: Functions) -> Answer:
    """Return what answers ``lambda.Invoke`` requests of handlers."""

    def answer(invocation: Invocation, request: AWSPreparedRequest) -> AWSResponse:
        name = unquote(urlsplit(str(request.url)).path.split("/")[3])
        body: Any = request.body
        payload = json.loads(body or b"{}")
        try:
            if _header(request, "X-Amz-Invocation-Type") == "Event":
                functions.invoke_later(name, payload)
                return _response(request, 202, b"")
            outcome = functions.run(name, payload)
        except UnknownFunction as error:
            refusal = json.dumps({"Message": str(error)}).encode()
            return _response(request, 404, refusal, {"x-amzn-errortype": "ResourceNotFoundException"})
        invocation.sleep(outcome.elapsed)
        if outcome.error is None:
            return _response(request, 200, json.dumps(outcome.response).encode())
        failure = {"errorType": outcome.error.error_type, "errorMessage": outcome.error.message}
        return _response(request, 200, json.dumps(failure).encode(), {"x-amz-function-error": "Unhandled"})

    return answer


def _header(request: AWSPreparedRequest, name: str) -> str:
    value: Any = request.headers.get(name, "")
    return value.decode() if isinstance(value, bytes) else str(value)


def _response(
    request: AWSPreparedRequest, status: int, body: bytes, headers: dict[str, str] | None = None
) -> AWSResponse:
    raw: Any = MockRawResponse(body)
    all_headers: Any = {"content-type": "application/json", **(headers or {})}
    return AWSResponse(str(request.url), status, all_headers, raw)
