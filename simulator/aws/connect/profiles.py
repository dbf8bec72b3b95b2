"""Security profiles of an instance.

A new instance has four (Amazon Connect administrator guide, "Default security profiles"); the names of permissions are
those of "List of security profile permissions".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

_LISTENING = ("ContactSearch.View", "DownloadCallRecordings", "ListenCallRecordings")
_AS_MADE = {
    "Admin": ("AccessMetrics", "Users.Edit", *_LISTENING),
    "Agent": ("BasicAgentAccess", "OutboundCallAccess"),
    "CallCenterManager": ("AccessMetrics", "ManagerListenIn", *_LISTENING),
    "QualityAnalyst": ("AccessMetrics", *_LISTENING),
}


@dataclass
class SecurityProfiles:
    """The profiles by name."""

    instance_arn: str
    permissions: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(_AS_MADE))

    def summaries(self) -> list[dict[str, Any]]:
        """Return them as ``ListSecurityProfiles`` does."""
        return [
            {"Id": self._id(name), "Arn": f"{self.instance_arn}/security-profile/{self._id(name)}", "Name": name}
            for name in sorted(self.permissions)
        ]

    def of(self, identifier: str) -> tuple[str, ...] | None:
        """Return a profile's permissions by its id, or none if there is no such profile."""
        return next((granted for name, granted in self.permissions.items() if self._id(name) == identifier), None)

    def _id(self, name: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.instance_arn}/{name}"))
