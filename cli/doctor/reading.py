"""Reading a live account: every call is counted by its IAM action, and what may not be read is said, not guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    import boto3

_DENIED: Final = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "403"}
_ABSENT: Final = {
    "404",
    "NoSuchEntity",
    "NoSuchObjectLockConfiguration",
    "NotFound",
    "NotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "ParameterNotFound",
    "ResourceNotFoundException",
    "StackNotFoundException",
    "StackSetNotFoundException",
}


_GRANT: Final = "sign in with a role that has deployment/doctor-policy.json"
_AGAIN: Final = "see that AWS can be reached from here, and call again"


class NotReadableError(Exception):
    """A call was refused or failed; ``str`` names the operation and AWS's code, nothing more."""

    def __init__(self, says: str, *, denied: bool = False) -> None:
        """``denied`` tells that the role may not make the call, rather than that the call failed."""
        super().__init__(says)
        self.mend = _GRANT if denied else _AGAIN


class AbsentError(Exception):
    """What was asked for is not there."""


class Account(Protocol):
    """A live account, to be read."""

    def read(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Return what the operation (its API name, such as ``DescribeInstance``) answers.

        Raises :class:`AbsentError` if what it names is not there, and :class:`NotReadableError` for any other error.
        """

    def pages(self, service: str, operation: str, member: str, /, **parameters: object) -> Iterator[Any]:
        """Return the items of that member, mappings or strings, over all pages. Raises as ``read``, when asked for."""


class LiveAccount:
    """The account whose credentials are in use."""

    def __init__(self, session: boto3.Session, region: str) -> None:
        self._session = session
        self._region = region
        self._clients: dict[str, Any] = {}

    def read(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Make the call. Raises AbsentError if what it names is not there, NotReadableError for any other error."""
        call = getattr(self._client(service), xform_name(operation))
        try:
            answer: Mapping[str, Any] = call(**parameters)
        except ClientError as error:
            raise _translated(service, operation, error) from error
        except BotoCoreError as error:
            raise NotReadableError(f"{service}.{operation}: {type(error).__name__}") from error
        return answer

    def pages(self, service: str, operation: str, member: str, /, **parameters: object) -> Iterator[Any]:
        """Make the calls, as many as there are pages.

        Raises, once it is iterated, AbsentError if what they name is not there and NotReadableError for any other error
        of AWS.
        """
        client = self._client(service)
        name = xform_name(operation)
        try:
            if client.can_paginate(name):
                for page in client.get_paginator(name).paginate(**parameters):
                    yield from page.get(member, ())
            else:
                yield from getattr(client, name)(**parameters).get(member, ())
        except ClientError as error:
            raise _translated(service, operation, error) from error
        except BotoCoreError as error:
            raise NotReadableError(f"{service}.{operation}: {type(error).__name__}") from error

    def _client(self, service: str) -> Any:  # noqa: ANN401 - a client of any service
        if service not in self._clients:
            make: Any = self._session.client
            self._clients[service] = make(service, region_name=self._region)
        return self._clients[service]


def _translated(service: str, operation: str, error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    if code in _ABSENT:
        return AbsentError(f"{service}.{operation}: {code}")
    if service == "cloudformation" and code == "ValidationError":
        # A name is all that was sent; CloudFormation calls a stack that it does not know invalid.
        return AbsentError(f"{service}.{operation}: {code}")
    return NotReadableError(f"{service}.{operation}: {code}", denied=code in _DENIED)
