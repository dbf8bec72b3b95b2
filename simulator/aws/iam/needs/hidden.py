"""What an answer leaves out for whoever may not see it: the call succeeds all the same, and tells less.

Code that takes a member's absence for "there is none" is wrong for such a caller, and nothing says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.aws.iam.policies.statements import Need

SECURE: Final = ("aws:securetransport", "true")


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Members of answers of S3 that need an action besides that of the call; ``source`` is what AWS says of it."""

    operations: frozenset[str]
    action: str
    members: tuple[str, ...]
    source: str

    def action_on(self, params: Mapping[str, Any]) -> str:
        """Return the action for what the request names: a version of an object has one of its own for tags."""
        if self.action == "GetObjectTagging" and params.get("VersionId"):
            return "GetObjectVersionTagging"
        return self.action


_READS: Final = frozenset({"GetObject", "HeadObject"})

HIDDEN: Final = (
    Hidden(
        operations=_READS,
        action="GetObjectRetention",
        members=("ObjectLockEventHold", "ObjectLockMode", "ObjectLockRetainUntilDate"),
        source=(
            'Amazon S3 API reference, HeadObject: "This header is only returned if the requester has the'
            ' s3:GetObjectRetention permission"'
        ),
    ),
    Hidden(
        operations=_READS,
        action="GetObjectLegalHold",
        members=("ObjectLockLegalHoldStatus",),
        source=(
            'Amazon S3 API reference, HeadObject: "This header is only returned if the requester has the'
            ' s3:GetObjectLegalHold permission"'
        ),
    ),
    Hidden(
        operations=_READS,
        action="GetObjectTagging",
        members=("TagCount",),
        source=(
            'Amazon S3 API reference, GetObject: "The number of tags, if any, on the object, when you have the relevant'
            ' permission to read object tags"'
        ),
    ),
)
"""Everything of the kind among the calls that handlers make. The same kind, of calls that none of them makes: the
environment variables and tags in answers of Lambda (GetFunction), with neither ``kms:Decrypt`` nor ``lambda:ListTags``.
That something is not there, instead of "denied", needs the right to list (``objects.not_found``)."""


def hidden_without(caller: str, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[Need, tuple[str, ...]]]:
    """Return what it takes to be shown everything, each with the members of the answer that need it."""
    for one in HIDDEN:
        if operation in one.operations:
            place = f"arn:aws:s3:::{params['Bucket']}/{params['Key']}"
            yield Need(caller, f"s3:{one.action_on(params)}", place, (SECURE,)), one.members
