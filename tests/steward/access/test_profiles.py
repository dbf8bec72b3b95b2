"""A profile that lets people listen and is not named by the policy is told of, whatever Connect calls the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from steward.access.profiles import Comparing, Profile


@dataclass
class Around:
    profiles: list[Profile]
    told: list[Profile] = field(default_factory=list)

    def all(self) -> Iterator[Profile]:
        yield from self.profiles

    def may_listen(self, profiles: Iterable[Profile]) -> None:
        self.told += profiles


def unexpected(*profiles: Profile, named: tuple[str, ...] = ("Quality",)) -> list[str]:
    around = Around([*profiles])
    compared = Comparing(may_listen=named, profiles=around, notices=around).run()
    assert [*compared.unexpected] == around.told
    return [one.name for one in compared.unexpected]


@pytest.mark.parametrize(
    "permission",
    [
        # Amazon Connect administrator guide, "List of security profile permissions".
        "ListenCallRecordings",
        "DownloadCallRecordings",
        "RedactedData.View",
        # Named by the same page only as it shows them; their names in the API have these words in them.
        "CallRecordings.Unredacted.Access",
        "ContactTranscripts.Redacted.Access",
    ],
)
def test_whoever_hears_or_reads_what_was_said_has_to_be_named(permission: str) -> None:
    profile = Profile(name="Agent", permissions=("BasicAgentAccess", permission))
    assert unexpected(profile) == ["Agent"]
    assert unexpected(profile, named=("AGENT ",)) == []


def test_a_profile_without_such_a_right_is_none_of_it() -> None:
    live = Profile(name="Manager", permissions=("ManagerListenIn", "ContactSearch.View", "Users.Edit"))
    assert unexpected(live) == []
