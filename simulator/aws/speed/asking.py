"""botocore's side of a request inside this process.

Nobody checks the signature, nobody reads the user agent, and the same text is the same moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from botocore import useragent, utils
from botocore.auth import SigV4Auth

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import tzinfo

    from botocore.awsrequest import AWSRequest

_NO_SIGNATURE: Final = "0" * 64


def patches() -> Iterator[AbstractContextManager[object]]:
    """Yield what saves botocore's time."""
    yield patch.object(SigV4Auth, "canonical_request", _nothing_to_sign)
    yield patch.object(SigV4Auth, "string_to_sign", _nothing_to_sign)
    yield patch.object(SigV4Auth, "signature", _no_signature)
    yield patch.object(SigV4Auth, "headers_to_sign", _no_headers)
    yield patch.object(SigV4Auth, "signed_headers", _nothing_to_sign)
    yield patch.object(useragent.UserAgentString, "to_string", _same_user_agent)
    remembered = cache(useragent.sanitize_user_agent_string_component)
    yield patch.object(useragent, "sanitize_user_agent_string_component", remembered)
    yield patch.object(utils, "_parse_timestamp_with_tzinfo", _moment)


def _nothing_to_sign(_: SigV4Auth, *__: object) -> str:
    """Stand in for the texts that a signature is made of; the header with key id, date and region stays."""
    return ""


def _no_headers(_: SigV4Auth, __: AWSRequest) -> dict[str, str]:
    return {}


def _no_signature(_: SigV4Auth, __: str, ___: AWSRequest) -> str:
    return _NO_SIGNATURE


_to_string = useragent.UserAgentString.to_string


def _same_user_agent(agent: Any) -> str:  # noqa: ANN401 - kept on the object itself
    """Return the client's user agent as it was first built; botocore builds it anew for each request."""
    known: str | None = agent.__dict__.get("_first_built")
    if known is None:
        known = agent.__dict__["_first_built"] = _to_string(agent)
    return known


_parse: Callable[[object, Callable[[], tzinfo]], datetime] = utils._parse_timestamp_with_tzinfo  # type: ignore[attr-defined]  # noqa: SLF001


def _moment(value: object, zone: Callable[[], tzinfo]) -> datetime:
    """Read a moment as botocore does; one that is written with a zone is read once, however many objects have it."""
    return _written(value) if isinstance(value, str) and value.endswith(("Z", "GMT")) else _parse(value, zone)


@lru_cache(maxsize=4096)
def _written(value: str) -> datetime:
    """Read a moment whose text names its zone, so that none has to be added."""
    return _parse(value, lambda: UTC)
