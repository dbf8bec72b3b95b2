"""What Lambda answers of a function's settings: moto would have to be given each function once more.

Source: Lambda API reference, ``GetFunctionConfiguration``, ``GetFunctionConcurrency``, ``GetEventSourceMapping``.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

    from simulator.aws.lambda_.invocation import Invocation
    from simulator.aws.wire.client_hooks import Answer

_ALIKE: Final = ("DeadLetterConfig", "Environment", "Handler", "MemorySize", "Role", "Runtime", "Timeout")

_OF_FEEDS: Final = (
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ScalingConfig",
)


class LambdaSettings:
    """The settings of functions and event sources as a template states them; what a test changes is answered."""

    def __init__(self) -> None:
        self.functions: dict[str, dict[str, Any]] = {}
        """Properties by the function's name, ``ReservedConcurrentExecutions`` among them."""
        self.feeds: dict[str, dict[str, Any]] = {}
        """Properties of event source mappings by their ids."""

    def answers(self) -> dict[str, Answer]:
        """Return what answers requests, by "service.Operation"."""
        return {
            "lambda.GetFunctionConfiguration": _answering(self.functions, 3, _configuration),
            "lambda.GetFunctionConcurrency": _answering(self.functions, 3, _concurrency),
            "lambda.GetEventSourceMapping": _answering(self.feeds, 3, _feed),
        }


def _answering(
    kept: Mapping[str, dict[str, Any]], place: int, form: Callable[[str, Mapping[str, Any]], dict[str, Any]]
) -> Answer:
    def answer(_: Invocation, request: AWSPreparedRequest) -> AWSResponse:
        name = unquote(urlsplit(str(request.url)).path.split("/")[place])
        if name not in kept:
            refusal = {"Type": "User", "Message": f"not found: {name}"}
            return _response(request, 404, refusal, {"x-amzn-errortype": "ResourceNotFoundException"})
        return _response(request, 200, form(name, kept[name]), {})

    return answer


def _configuration(name: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {key: int(stated[key]) for key in ("MemorySize", "Timeout") if key in stated}
    file = json.dumps(stated.get("Code", {}), sort_keys=True).encode()
    return {
        "FunctionName": name,
        # Of the archive, which nothing here packs: as the file, so the digest.
        "CodeSha256": stated.get("CodeSha256") or b64encode(sha256(file).digest()).decode(),
        **{key: stated[key] for key in _ALIKE if key in stated},
        **numbers,
        "Layers": [{"Arn": arn} for arn in stated.get("Layers", [])],
    }


def _concurrency(_: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    reserved = stated.get("ReservedConcurrentExecutions")
    return {} if reserved is None else {"ReservedConcurrentExecutions": int(reserved)}


def _feed(name: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    source = str(stated["EventSourceArn"])
    place = ":".join(source.split(":")[3:5])
    function = str(stated["FunctionName"]).rpartition(":")[2]
    return {
        "UUID": name,
        "EventSourceArn": source,
        "FunctionArn": f"arn:aws:lambda:{place}:function:{function}",
        **{key: stated[key] for key in _OF_FEEDS if key in stated},
        "State": "Enabled" if stated.get("Enabled", True) else "Disabled",
    }


def _response(
    request: AWSPreparedRequest, status: int, body: Mapping[str, Any], headers: dict[str, str]
) -> AWSResponse:
    raw: Any = MockRawResponse(json.dumps(body).encode())
    all_headers: Any = {"content-type": "application/json", **headers}
    return AWSResponse(str(request.url), status, all_headers, raw)
