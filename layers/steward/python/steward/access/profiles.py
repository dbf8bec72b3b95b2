"""The security profiles of the instance, compared with those that the policy names. Pure, but for its ports.

A profile is a role in Amazon Connect's own website: whoever has one with a permission for recordings or transcripts can
listen there, and neither S3 nor CloudTrail names the person (docs/who-may-listen.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

_LISTENING = ("callrecording", "recordedconversation", "redacteddata", "transcript")
"""What the names of permissions for recordings and transcripts have in them, such as ``ListenCallRecordings``.

A part of the name, because Connect splits and renames them (Amazon Connect administrator guide, "List of security
profile permissions": "automatically migrated"); one that is taken for such a permission in error is told and looked at.
"""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A security profile, and the names of its permissions."""

    name: str
    permissions: tuple[str, ...]

    @property
    def listening(self) -> tuple[str, ...]:
        """The permissions by which somebody hears a recording or reads a transcript."""
        return tuple(sorted(one for one in self.permissions if any(part in one.casefold() for part in _LISTENING)))


class Profiles(Protocol):
    """The instance's profiles. Raises ``steward.failures.AwsError``: what was not read is not taken for clean."""

    def all(self) -> Iterator[Profile]:
        """Return every one."""


class Notices(Protocol):
    """The data protection officer."""

    def may_listen(self, profiles: Iterable[Profile]) -> None:
        """Tell which profiles let people listen although the policy does not name them."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a night came to: profiles looked at, and those that let people listen and should not."""

    profiles: int
    unexpected: tuple[Profile, ...]


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """Compares every profile with the list of the policy; names are compared without case."""

    may_listen: tuple[str, ...]
    profiles: Profiles
    notices: Notices

    def run(self) -> Compared:
        """Look at every profile, and tell of those that should not let anybody listen."""
        named = {one.casefold().strip() for one in self.may_listen}
        found = tuple(self.profiles.all())
        unexpected = tuple(one for one in found if one.listening and one.name.casefold().strip() not in named)
        if unexpected:
            self.notices.may_listen(unexpected)
        return Compared(profiles=len(found), unexpected=unexpected)
