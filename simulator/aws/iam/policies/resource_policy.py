"""Who may deliver: the resource policies of queues, topics and functions, as far as deliveries need them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any


def may_deliver(statements: Iterable[Mapping[str, Any]], *, service: str, action: str, source_arn: str) -> bool:
    """Tell whether resource-policy statements let an AWS service (``events.amazonaws.com``) act for a source."""
    allowed = False
    for statement in statements:
        if _applies(statement, service, action, source_arn):
            if statement.get("Effect") == "Deny":
                return False
            allowed = True
    return allowed


def _applies(statement: Mapping[str, Any], service: str, action: str, source_arn: str) -> bool:
    principal = statement.get("Principal")
    services = _list(principal.get("Service", principal.get("AWS"))) if isinstance(principal, Mapping) else [principal]
    if service not in services and "*" not in services:
        return False
    if not any(fnmatch.fnmatchcase(action.lower(), str(one).lower()) for one in _list(statement.get("Action"))):
        return False
    return all(
        _holds(key, wanted, source_arn)
        for test in statement.get("Condition", {}).values()
        for key, wanted in test.items()
    )


def _holds(key: str, wanted: object, source_arn: str) -> bool:
    if key.lower() == "aws:sourcearn":
        return any(fnmatch.fnmatchcase(source_arn, str(pattern)) for pattern in _list(wanted))
    if key.lower() == "aws:sourceaccount":
        # A bucket's ARN has no account; every bucket here is the account's own.
        owner = source_arn.split(":")[4]
        return not owner or owner in _list(wanted)
    if key.lower() == "aws:securetransport":
        # AWS's own deliveries always use TLS.
        return "true" in [str(one).lower() for one in _list(wanted)]
    # A condition that no delivery fulfils (a calling role, an organisation): neither allows nor denies it.
    return False


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
