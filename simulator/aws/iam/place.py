"""Where a deployment is, and what reading or writing an encrypted thing there implies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.aws.iam.statements import Need

if TYPE_CHECKING:
    from simulator.aws.iam.deployed import DeployedPolicies


@dataclass(frozen=True)
class Place:
    """An account in a region, with what is deployed there."""

    policies: DeployedPolicies

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something here."""
        return f"arn:aws:{service}:{self.policies.region}:{self.policies.account}:{resource}"

    def key(self, caller: str, resource: str, service: str, *actions: str) -> Iterator[Need]:
        """Return the uses of the resource's key, if it has one of the customer's, through its service."""
        key = self.policies.key_of(resource)
        if key:
            via = ("kms:viaservice", f"{service}.{self.policies.region}.amazonaws.com")
            yield from (Need(caller, f"kms:{action}", key, (via,)) for action in actions)
