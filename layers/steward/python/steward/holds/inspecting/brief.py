"""Nightly looks that may be brief: of a call that is long over, wholly held, and was looked through not long ago.

A brief look asks Connect for the contact and S3 for the newest version of what Connect names. A whole one lists all
places where Connect may have put what it does not name (analyses, redacted recordings), and compares every copy and its
lock with S3. Whole looks come at least once a week while looks are daily; later every look is one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from steward.holds import discovery
from steward.holds.contacts import Contact
from steward.holds.discovery import Stores
from steward.holds.inspecting.comparing import is_of, place_of
from steward.holds.inspecting.copying import THOROUGH
from steward.holds.ports import Sources
from steward.holds.register import DAILY, ContactHolds, Protection
from steward.ids import RecordClass
from steward.policy.model import Policy

WHOLE_AFTER = timedelta(days=6, hours=12)
"""So long after a whole look the next is whole again: a week, as one night may begin earlier than another."""


def may_follow(file: ContactHolds, now: datetime) -> bool:
    """Return whether brief looks may follow this one: only then is a whole look worth noting."""
    ages = [now - hold.placed_at for hold in file.active]
    return all(age >= THOROUGH for age in ages) and any(age < DAILY for age in ages)


def is_enough(file: ContactHolds, lock: Protection, now: datetime) -> bool:
    """Return whether the register leaves nothing to do for the contact, and a whole look was lately."""
    last = file.looked_through_at
    return (
        last is not None
        and timedelta(0) <= now - last < WHOLE_AFTER
        and may_follow(file, now)
        and file.is_settled(now)
        and all(lock.legal_hold or not one.legal_hold_is_ours for one in file.present)
        and not any(one.changing or one.removed_why for one in file.artefacts)
        and all(hold.manifest_sha256 and not hold.again_after and not hold.has_ended(now) for hold in file.active)
    )


def has_nothing_new(
    file: ContactHolds, contact: Contact, now: datetime, *, stores: Stores, sources: Sources, policy: Policy
) -> bool:
    """Return whether Connect names nothing of a call that is not held, and S3 has no newer version of what it names.

    Chats, e-mails and whatever has evaluations of which Connect names no export are always looked at wholly. Raises
    ``AwsError``.
    """
    ended = discovery.believed(now, contact.ended_at)
    if contact.channel != "VOICE" or contact.evaluated or ended is None or now - ended < THOROUGH:
        return False
    held = file.present
    if not any(one.record_class is RecordClass.CONTACT_RECORD and one.held_at >= ended for one in held):
        return False
    if discovery.streams(contact, stores):
        return False
    for location in discovery.locations(contact, stores, now):
        copies = [one for one in held if place_of(one).place == location.place]
        if not copies:
            return False
        if discovery.is_over(location.record_class, contact, policy, now):
            continue
        newest = sources.newest(location.bucket, location.key)
        if newest is not None and not any(is_of(newest, one) for one in copies):
            return False
    return True
