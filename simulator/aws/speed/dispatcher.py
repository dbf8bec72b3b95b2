"""From a prepared request to moto's answer, by the way that was found for the last one."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

import moto.backends
from moto import backend_index
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from werkzeug.exceptions import HTTPException

from simulator.aws.speed.arriving import arrive
from simulator.aws.speed.memory import Memory

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

_Route = tuple[re.Pattern[str], Callable[..., Any]]
_Reply = tuple[int, dict[str, str], Any]

_process_request = BotocoreStubber.process_request


class RequestDispatcher:
    """Brings requests to moto, as its own stub does, and remembers the way."""

    def __init__(self) -> None:
        self.memory = Memory()
        self._services: dict[str, str | None] = {}
        self._routes: dict[str, list[_Route]] = {}

    def installed(self) -> AbstractContextManager[object]:
        """Take the place of moto's own search, for every client of the process."""

        def process(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:  # noqa: ANN401 - as moto's
            return self._reply(request) or _process_request(stubber, request)

        return patch.object(BotocoreStubber, "process_request", process)

    def _reply(self, request: AWSPreparedRequest) -> _Reply | None:
        parts = urlsplit(str(request.url))
        address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        service = self._service(parts.netloc, address)
        if service is None:
            return None
        for pattern, method in self._routes_of(service):
            if pattern.match(address):
                try:
                    return _answer(request, method)
                finally:
                    self.memory.hear(service, request)
        return None

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


def _answer(request: AWSPreparedRequest, method: Callable[..., Any]) -> _Reply:
    arrived = arrive(request)
    try:
        status, headers, body = method(arrived, arrived.raw_url, arrived.headers)
    except HTTPException as error:
        return error.code or 500, dict(error.get_headers()), error.get_body()
    return status, headers, body
