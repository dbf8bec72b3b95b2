"""The same answers from moto and botocore, sooner.

A simulation makes thousands of requests. For each, moto looks for the service among hundreds of patterns, for the
method among all members of a class, and for every field of the answer under a dozen names. Here it looks once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

import moto.backends
from botocore import useragent
from botocore.awsrequest import AWSResponse
from moto import backend_index
from moto.core import responses, serialize
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.core.request import normalize_request
from moto.core.utils import method_names_from_class
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

_Route = tuple[re.Pattern[str], Callable[..., Any]]


class Exchange:
    """Brings requests to moto, as its own stub does, and remembers the way."""

    def __init__(self) -> None:
        self._services: dict[str, str | None] = {}
        self._routes: dict[str, list[_Route]] = {}

    def __call__(self, event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
        """Answer a prepared request."""
        parts = urlsplit(str(request.url))
        address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        service = self._service(parts.netloc, address)
        for pattern, method in self._routes_of(service) if service else ():
            if pattern.match(address):
                return _answer(request, method)
        return botocore_stubber(event_name, request)

    def _service(self, host: str, address: str) -> str | None:
        if host not in self._services:
            matching = (service for service, pattern in backend_index.backend_url_patterns if pattern.match(address))
            self._services[host] = next(matching, None)
        return self._services[host]

    def _routes_of(self, service: str) -> list[_Route]:
        if service not in self._routes:
            name: Any = service
            backends: Any = moto.backends.get_backend(name)
            account = backends[DEFAULT_ACCOUNT_ID if isinstance(backends, BackendDict) else "global"]
            backend = account["us-east-1"] if "us-east-1" in account else account["aws"]
            self._routes[service] = [(re.compile(url), method) for url, method in backend.urls.items()]
        return self._routes[service]


def _answer(request: AWSPreparedRequest, method: Callable[..., Any]) -> AWSResponse:
    normalized = normalize_request(request)
    try:
        status, headers, body = method(normalized, normalized.raw_url, normalized.headers)
    except HTTPException as error:
        status, headers, body = error.code, error.get_headers(), error.get_body()
    raw: Any = MockRawResponse(body)
    return AWSResponse(str(request.url), status, headers, raw)


@contextmanager
def haste() -> Iterator[None]:
    """Let moto and botocore remember what they would look up again for each request."""
    with ExitStack() as patches:
        patches.enter_context(patch.object(responses, "method_names_from_class", cache(method_names_from_class)))
        patches.enter_context(patch.object(serialize.AttributePicker, "__call__", _pick))
        remembered = cache(useragent.sanitize_user_agent_string_component)
        patches.enter_context(patch.object(useragent, "sanitize_user_agent_string_component", remembered))
        yield


_original_pick = serialize.AttributePicker.__call__
_possible_keys: dict[tuple[object, int, str], tuple[object, tuple[str, ...]]] = {}


def _pick(picker: Any, context: Any) -> Any:  # noqa: ANN401 - moto's serializer
    """Find a field in a plain dictionary under the names that moto would try, made once for each field."""
    source = context.obj
    if type(source) is not dict or picker.response_transformers:
        return _original_pick(picker, context)
    mark = (type(picker), id(context.shape), context.key)
    if mark not in _possible_keys:
        # The shape is kept, so that its identity stays its own.
        _possible_keys[mark] = (context.shape, tuple(dict.fromkeys(picker.get_possible_keys(context))))
    for name in _possible_keys[mark][1]:
        if name in source:
            return source[name]
        if "." in name:
            return _original_pick(picker, context)
    return None
