"""What a deployment keeps, as it publishes it, and whether the next one would keep something for a shorter time.

S3 applies a shorter rule to what is there already: whatever is older goes at once, and nobody can bring it back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from steward.ids import S3_RECORD_CLASSES
from steward.policy.checking.findings import Finding, error
from steward.policy.checking.shape import Raw
from steward.policy.holds import HoldReason
from steward.policy.model import Policy

PUBLISHED_AS: Final = "Keeps"
"""The output of the stack of stores."""

_ACKNOWLEDGED: Final = re.compile(r"([a-z_]+): ([0-9]+) to ([0-9]+)")
_NOT_SETTINGS: Final = ("acknowledge_shortening", "declared", "not_yet_enforced")
"""What says something about the policy and changes nothing that is done."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What one deployment keeps. Keys that a later version adds are passed over."""

    version: str
    """The policy's ``policy_version``."""
    digest: str
    """Of the policy's settings: the same for the same settings, whatever their order and their comments."""
    months: dict[str, Annotated[int, Meta(ge=1)]]
    """By record class and by reason of a hold."""

    def published(self) -> str:
        """Return the text that the stack publishes."""
        return msgspec.json.encode(msgspec.to_builtins(self)).decode()


class Shortening(msgspec.Struct, frozen=True, kw_only=True):
    """One class of record, or one reason of a hold, that would be kept for fewer months than it is."""

    name: str
    before: int
    after: int

    @property
    def words(self) -> str:
        """What the policy writes to acknowledge it."""
        return f"{self.name}: {self.before} to {self.after}"

    @property
    def deletes(self) -> bool:
        """Whether what is there already goes at once; rows and held copies keep the date that they were given."""
        return self.name in S3_RECORD_CLASSES


def kept(policy: Policy, raw: Raw) -> Kept:
    """Return what a policy keeps; ``raw`` is its file as TOML gives it."""
    settings = {name: value for name, value in raw.items() if name not in _NOT_SETTINGS}
    council = settings.get("council")
    if isinstance(council, Mapping):
        settings["council"] = {name: value for name, value in council.items() if name != "policy_version"}
    text = json.dumps(settings, sort_keys=True, ensure_ascii=False)
    return Kept(
        version=policy.council.policy_version,
        digest=hashlib.sha256(text.encode()).hexdigest()[:16],
        months=_months(policy),
    )


def read_published(text: str) -> Kept:
    """Return what a stack published. Raises ``msgspec.DecodeError`` for any other text."""
    return msgspec.json.decode(text, type=Kept)


def shortenings(before: Kept, after: Kept) -> list[Shortening]:
    """Return what would be kept for a shorter time; what is not kept any more keeps the rule that it has."""
    return [
        Shortening(name=name, before=months, after=after.months[name])
        for name, months in before.months.items()
        if name in after.months and after.months[name] < months
    ]


def unnamed_change(before: Kept, after: Kept) -> str | None:
    """Return why the policy may not be deployed under its version; None if it may."""
    if before.version != after.version or before.digest == after.digest:
        return None
    return f"council.policy_version: is {after.version} as before, and the policy is not: give it another"


def acknowledgement_findings(raw: Raw, policy: Policy | None) -> Iterator[Finding]:
    """Yield the acknowledgements that say nothing about this policy: they would allow what nobody has seen."""
    lines = raw.get("acknowledge_shortening")
    months = _months(policy) if policy else {}
    for index, line in enumerate(lines if policy and isinstance(lines, list) else ()):
        found = _ACKNOWLEDGED.fullmatch(line)
        if found is None:
            continue
        name, before, after = found[1], int(found[2]), int(found[3])
        path = f"acknowledge_shortening[{index}]"
        if name not in months:
            yield error(path, f"{name} is no record class with months and no reason of a hold")
        elif months[name] != after:
            yield error(path, f"says {after}, and the policy keeps {name} for {months[name]} months: take it out")
        elif before <= after:
            yield error(path, f"{before} to {after} is no shortening: take it out")


def _months(policy: Policy) -> dict[str, int]:
    classes = {one.value: period.months for one, period in policy.retention.items()}
    return classes | {one.value: policy.holds.reasons[one].months for one in HoldReason if one in policy.holds.reasons}
