"""Security profiles on Amazon Connect, and notices on SNS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from steward.access.profiles import Profile
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail


@dataclass(frozen=True)
class ConnectProfiles:
    """The profiles of one instance."""

    instance_arn: str

    def all(self) -> Iterator[Profile]:
        """Return every profile with all its permissions, page by page. Raises AwsError."""
        instance = self.instance_arn.rpartition("/")[2]
        connect = client("connect")
        with translated("connect.ListSecurityProfiles"):
            pages = connect.get_paginator("list_security_profiles").paginate(InstanceId=instance)
            listed = [one for page in pages for one in page["SecurityProfileSummaryList"]]
        for one in listed:
            with translated("connect.ListSecurityProfilePermissions"):
                granted = connect.get_paginator("list_security_profile_permissions").paginate(
                    InstanceId=instance, SecurityProfileId=one["Id"]
                )
                permissions = tuple(name for page in granted for name in page["Permissions"])
            yield Profile(name=one["Name"], permissions=permissions)


@dataclass(frozen=True)
class SnsAccessNotices:
    """Publishes to the data protection officer's topic. Profiles are roles: no person is named.

    Every call raises ``AwsError``.
    """

    topic_arn: str

    def may_listen(self, profiles: Iterable[Profile]) -> None:
        """Tell which profiles let people listen although the policy does not name them."""
        lines = [
            "These security profiles of the instance let people hear recordings or read transcripts, and",
            "access.may_listen of the policy does not name them:",
            *(f"- {one.name}: {', '.join(one.listening)}" for one in profiles),
            "Take the permission away in the Connect console (Security profiles), or name the profile in the policy.",
            "Whether somebody listened who had no need to may be a breach: the 72 hours run from when you know of it.",
        ]
        send_mail(self.topic_arn, "A security profile lets people listen", "\n".join(lines))
