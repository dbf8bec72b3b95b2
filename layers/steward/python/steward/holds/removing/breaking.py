"""Break-glass: one held copy goes before its time, by one person in an emergency, and never without a trace.

The ledger has it, with who and why, and the data protection officer is told, before the first delete. Nothing that the
person holds could remove a copy beside this, or change what was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from steward.clock import Clock
from steward.decisions.people import Person, StaffRole
from steward.holds.ports import Ledgered, Register
from steward.holds.removing.erasing import NotGone, Version
from steward.holds.removing.locations import StoredObject

CAUSE: Final = "break_glass"
"""The cause in the disposal ledger."""

LONGEST: Final = {"key": 1024, "version_id": 1024, "why": 500}
"""S3's own limits of a key and a version, and ours of a reason."""


class Refused(Exception):
    """The call is refused; the message is the reason, in a word or a sentence, and quotes no value."""


class Versions(Protocol):
    """The hold bucket, version by version. Raises ``steward.failures``."""

    def of(self, stored: StoredObject) -> tuple[str, ...]:
        """Return the ids of every version and delete marker of exactly that key."""

    def remove(self, versions: Sequence[Version]) -> tuple[Version, ...]:
        """Delete these for good, whatever their locks, and return those that S3 refused."""


class Notices(Protocol):
    """The data protection officer."""

    def breaking(self, by: Person, version: Version, why: str) -> None:
        """Tell that somebody is about to remove a held copy before its time."""


@dataclass(frozen=True, kw_only=True)
class BreakingGlass:
    """Removes one version at a time. May be repeated, and may die after any call."""

    register: Register
    versions: Versions
    notices: Notices
    clock: Clock
    hold_bucket: str

    def remove(self, stated: Mapping[str, Any], by: Person) -> None:
        """Remove the version that ``key`` and ``version_id`` name, for the reason ``why``.

        Raises ``Refused``; ``NotGone`` where S3 does not let it go; and ``steward.failures``.
        """
        if by.role != StaffRole.BREAK_GLASS:
            raise Refused("role")
        key, version_id, why = (_text(stated, name) for name in LONGEST)
        if unknown := [name for name in stated if name not in LONGEST]:
            raise Refused(f"{len(unknown)} fields do not belong here")
        version = Version(StoredObject(self.hold_bucket, key), version_id)
        if version_id not in self.versions.of(version.stored):
            raise Refused("version_id: is not there")
        entry = Ledgered(bucket=self.hold_bucket, key=key, version_id=version_id, cause=CAUSE, by=str(by), why=why)
        self.register.enter_disposal([entry], self.clock.now())
        self.notices.breaking(by, version, why)
        if left := self.versions.remove([version]):
            raise NotGone(len(left), len(left))


def _text(stated: Mapping[str, Any], name: str) -> str:
    value = stated.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(f"{name}: is missing")
    if len(value) > LONGEST[name] or (name == "why" and not value.isprintable()):
        raise Refused(f"{name}: is too long, or has a character that is not seen")
    return value.strip() if name == "why" else value
