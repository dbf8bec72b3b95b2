"""The API at moto's addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from moto.connect import urls
from moto.core.responses import ActionResult, BaseResponse

from simulator.aws.connect.errors import ConnectError
from simulator.aws.connect.shapes import connect_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.connect.api import ConnectApi


class ContactResponse(BaseResponse):
    """One request for a contact operation."""

    api: ClassVar[ConnectApi]

    def __init__(self) -> None:
        """Let moto read the parameters by botocore's model."""
        super().__init__(service_name="connect")
        self.automated_parameter_parsing = True

    def call_action(self) -> tuple[int, dict[str, Any], Any]:
        """Answer, or refuse, in the shapes of the model."""
        try:
            result: object = self.api.answer(self._get_action(), {**self.uri_match, **self.params})
        except ConnectError as error:
            result = error
        status, headers, body = self.serialized(ActionResult(result))
        return status, *self._enrich_response(headers, body)


def install(api: ConnectApi) -> Callable[[], None]:
    """Add the API's operations to moto's Connect; return what takes them away."""

    class AttachedResponse(ContactResponse):
        """A request to this API."""

    AttachedResponse.api = api
    added = {_path(operation): AttachedResponse.dispatch for operation in api.operations}
    urls.url_paths.update(added)

    def undo() -> None:
        for path, dispatch in added.items():
            if urls.url_paths.get(path) == dispatch:
                del urls.url_paths[path]

    return undo


def _path(operation: str) -> str:
    """Return an operation's address as moto writes it."""
    address: str = connect_model().operation_model(operation).http["requestUri"]
    return "{0}" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", address) + "$"
