"""Looks at what is settled: a call that is over, wholly held and told of. Each asks two questions, in turns.

The questions are what Connect names of the contact, who belongs to its chain, and what is in each place where Connect
may have put what it does not name (analyses, redacted recordings). Whatever shows that is not held makes the look a
whole one at once. What becomes of the copies and their locks is no question of a look: S3 tells of a copy that somebody
deletes, and each month's statement compares all copies with S3's own list (``evidence.statement.whole``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.holds import discovery
from steward.holds.contacts import Contact
from steward.holds.discovery import Stores
from steward.holds.inspecting.comparing import is_of, place_of
from steward.holds.inspecting.settled import AT_ONCE, Place, Settled
from steward.holds.ports import Sources
from steward.holds.register import ContactHolds, Protection
from steward.ids import RecordClass
from steward.policy.model import Policy
from steward.retention.months import lifecycle_days

_LAST_DAYS = timedelta(days=30)
"""Beyond this no day of a contact is recent: only the folders of its first and last day are left to be listed."""


_CONTACT, _CHAIN = -1, -2


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What one look asks."""

    contact: bool
    chain: bool
    places: tuple[Place, ...]


def settled(
    file: ContactHolds, contact: Contact | None, now: datetime, *, stores: Stores, policy: Policy
) -> Settled | None:
    """Return what is left to be asked of a contact that was looked at wholly; none where looks have to stay whole.

    That is so where Connect may add something that no question shows: to chats and e-mails, to a call that still runs,
    and to whatever has evaluations of which Connect names no export.
    """
    if contact is None or contact.channel != "VOICE" or contact.evaluated or not contact.stored:
        return None
    ended = discovery.believed(now, contact.ended_at)
    if ended is None or discovery.streams(contact, stores) or any(hold.missing for hold in file.active):
        return None
    searches = discovery.searches(contact, (), (), stores, now + _LAST_DAYS, thorough=False)
    period = policy.retention.get(RecordClass.CALL_RECORDING)
    before = file.settled
    return Settled(
        places=tuple((search.bucket, prefix) for search in searches for prefix in search.prefixes),
        until=ended + timedelta(days=lifecycle_days(period) + 2) if period else ended,
        whole_at=min((hold.whole_at for hold in file.active if hold.whole_at > now), default=None),
        turn=before.turn if before else 0,
        others_at=before.others_at if before else None,
    )


def questions(file: ContactHolds, lock: Protection, now: datetime, turn: int) -> Questions | None:
    """Return what the look of that turn asks; none where it has to be whole, as the register leaves something to do."""
    quiet = file.settled
    if quiet is None or (quiet.whole_at is not None and quiet.whole_at <= now) or not _is_at_rest(file, lock, now):
        return None
    places = quiet.places if now < quiet.until else ()
    # Looks soon after a flag take the first turns: whatever the number of places, the second asks Connect.
    every = [*range(len(places))]
    every[AT_ONCE:AT_ONCE] = [_CONTACT, _CHAIN]
    asked = {every[(turn * AT_ONCE + number) % len(every)] for number in range(AT_ONCE)}
    return Questions(
        contact=_CONTACT in asked,
        chain=_CHAIN in asked,
        places=tuple(place for number, place in enumerate(places) if number in asked),
    )


def _is_at_rest(file: ContactHolds, lock: Protection, now: datetime) -> bool:
    """Return whether the register leaves nothing to do for the contact."""
    return (
        file.is_settled(now)
        and all(lock.legal_hold or not one.legal_hold_is_ours for one in file.present)
        and not any(one.changing for one in file.artefacts)
        and all(hold.manifest_sha256 and not hold.again_after and not hold.has_ended(now) for hold in file.active)
    )


def names_nothing_new(file: ContactHolds, contact: Contact, now: datetime, *, stores: Stores, policy: Policy) -> bool:
    """Return whether Connect names nothing of a settled call that is not held, and nothing else is to be asked of it.

    Something else is where a store has moved or the policy keeps recordings for another time than it did.
    """
    before, after = file.settled, settled(file, contact, now, stores=stores, policy=policy)
    if before is None or after is None or (before.places, before.until) != (after.places, after.until):
        return False
    held = {place_of(one).place for one in file.present}
    return all(location.place in held for location in discovery.locations(contact, stores, now))


def holds_all_of(file: ContactHolds, place: Place, sources: Sources) -> bool:
    """Return whether every version at a place is held, or was removed for a reason. Raises ``AwsError``."""
    bucket, prefix = place
    gone = {place_of(one).place for one in file.artefacts if one.removed_why}
    return all(
        (bucket, version.key) in gone
        or any(place_of(one).place == (bucket, version.key) and is_of(version, one) for one in file.present)
        for version in sources.find(bucket, prefix)
    )
