"""What CloudTrail says that somebody did to evidence, or on the way to it, beside steward's own functions.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NoAct(Exception):
    """A message that is no event of CloudTrail."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """An act as CloudTrail recorded it. ``refused`` is AWS's error code, empty where it was done."""

    what: str
    by: str
    role: str
    """The ARN of the role whose session it was; empty for a user, or the root user."""
    on: str
    at: str
    source: str
    refused: str = ""


def read(body: str) -> Act:
    """Return the act that an event of the bus reports; raise ``NoAct`` for what is no event of CloudTrail."""
    try:
        event = json.loads(body)
        detail = event["detail"]
        who = detail["userIdentity"]
        what = f"{str(detail['eventSource']).removesuffix('.amazonaws.com')}:{detail['eventName']}"
        at, source = str(detail["eventTime"]), str(detail.get("sourceIPAddress", ""))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoAct("the message is no event of CloudTrail") from None
    session = _in(_in(who, "sessionContext"), "sessionIssuer")
    return Act(
        what=what,
        by=str(_in(who).get("arn") or _in(who).get("principalId") or _in(who).get("type") or "nobody named"),
        role=str(session.get("arn") or ""),
        on=_target(_in(detail, "requestParameters")),
        at=at,
        source=source,
        refused=str(detail.get("errorCode") or ""),
    )


def _target(asked: Mapping[str, Any]) -> str:
    if "roleArn" in asked:
        return f"{asked['roleArn']} as {asked.get('roleSessionName', 'nobody named')}"
    named = [str(asked[name]) for name in ("bucketName", "key", "keyId", "name", "trailName") if name in asked]
    return "/".join(named) or "what CloudTrail does not name"


def _in(value: Any, name: str = "") -> Mapping[str, Any]:  # noqa: ANN401 - decoded JSON
    found = value.get(name) if name and isinstance(value, Mapping) else value
    return found if isinstance(found, Mapping) else {}
