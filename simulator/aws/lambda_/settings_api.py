"""What Lambda answers of a function's settings: moto would have to be given each function once more.

Source: Lambda API reference, ``GetFunctionConfiguration``, ``GetFunctionConcurrency``, ``GetAlias``,
``GetProvisionedConcurrencyConfig``, ``GetEventSourceMapping``.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

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
        self.aliases: dict[str, dict[str, Any]] = {}
        """Properties by the function's name, a colon and the alias."""
        self.feeds: dict[str, dict[str, Any]] = {}
        """Properties of event source mappings by their ids."""

    def answers(self) -> dict[str, Answer]:
        """Return what answers requests, by "service.Operation"."""
        return {
            "lambda.GetFunctionConfiguration": _answering(self.functions, _function_or_id, _configuration),
            "lambda.GetFunctionConcurrency": _answering(self.functions, _function_or_id, _concurrency),
            "lambda.GetAlias": _answering(self.aliases, _alias_of, _alias),
            "lambda.GetProvisionedConcurrencyConfig": self._provisioned,
            "lambda.GetEventSourceMapping": _answering(self.feeds, _function_or_id, _feed),
        }

    def _provisioned(self, _: Invocation, request: AWSPreparedRequest) -> AWSResponse:
        """Answer what is kept ready of an alias; without any it is an error of its own, as of one that is not there."""
        [qualifier] = parse_qs(urlsplit(str(request.url)).query)["Qualifier"]
        stated = self.aliases.get(f"{_function_or_id(request)}:{qualifier}", {}).get("ProvisionedConcurrencyConfig")
        if stated is None:
            return _refusal(request, "ProvisionedConcurrencyConfigNotFoundException", qualifier)
        number = int(stated["ProvisionedConcurrentExecutions"])
        return _response(request, 200, {"RequestedProvisionedConcurrentExecutions": number, "Status": "READY"}, {})


def _answering(
    kept: Mapping[str, dict[str, Any]],
    named: Callable[[AWSPreparedRequest], str],
    form: Callable[[str, Mapping[str, Any]], dict[str, Any]],
) -> Answer:
    def answer(_: Invocation, request: AWSPreparedRequest) -> AWSResponse:
        name = named(request)
        if name not in kept:
            return _refusal(request, "ResourceNotFoundException", name)
        return _response(request, 200, form(name, kept[name]), {})

    return answer


def _parts(request: AWSPreparedRequest) -> list[str]:
    return [unquote(part) for part in urlsplit(str(request.url)).path.split("/")]


def _function_or_id(request: AWSPreparedRequest) -> str:
    """Return what follows the version of the API and the kind in every address."""
    return _parts(request)[3]


def _alias_of(request: AWSPreparedRequest) -> str:
    parts = _parts(request)
    return f"{parts[3]}:{parts[5]}"


def _alias(name: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    routing = {"RoutingConfig": stated["RoutingConfig"]} if "RoutingConfig" in stated else {}
    return {"Name": name.rpartition(":")[2], "FunctionVersion": str(stated["FunctionVersion"]), **routing}


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


def _refusal(request: AWSPreparedRequest, code: str, what: str) -> AWSResponse:
    return _response(request, 404, {"Type": "User", "Message": f"not found: {what}"}, {"x-amzn-errortype": code})


def _response(
    request: AWSPreparedRequest, status: int, body: Mapping[str, Any], headers: dict[str, str]
) -> AWSResponse:
    raw: Any = MockRawResponse(json.dumps(body).encode())
    all_headers: Any = {"content-type": "application/json", **headers}
    return AWSResponse(str(request.url), status, all_headers, raw)
