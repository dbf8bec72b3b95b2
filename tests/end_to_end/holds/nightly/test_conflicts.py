"""What S3 answers when two requests meet, and what it refuses row by row, is tried again or kept as open work.

Amazon S3 API reference, CopyObject and PutObject: a conditional write may be answered with 409
(ConditionalRequestConflict), after which it is to be tried again. DeleteObjects answers per key, inside a success.
"""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import call, fault, logged

CALL = call("a1", "2027-02-01T09:00:00")
FLAG = logged("2027-02-02T09:00:00", "C-1", ["a1"], received_on="2027-02-01")


@pytest.mark.parametrize("operation", ["CopyObject", "PutObject"])
@pytest.mark.parametrize("times", [1, 4])
def test_a_conflict_while_a_contact_is_held_is_tried_again(play: Play, operation: str, times: int) -> None:
    lines = [*CALL, fault("2027-02-02T08:59:00", "s3", operation, "ConditionalRequestConflict", times), FLAG]
    state = play(lines, until="2027-02-04T12:00:00")
    [hold] = state.holds
    assert (hold.status, hold.missing) == ("held", [])
    assert state.dead_letters == []


def test_what_met_others_again_and_again_is_open_work_that_the_night_finishes(play: Play) -> None:
    """As in an outage the message is set aside after its tries, which alarms; the contact is held all the same."""
    lines = [*CALL, fault("2027-02-02T08:59:00", "s3", "CopyObject", "ConditionalRequestConflict", 12), FLAG]
    [hold] = play(lines, until="2027-02-04T12:00:00").holds
    assert (hold.status, hold.missing) == ("held", [])


def test_a_version_that_s3_refuses_to_delete_is_open_work_and_goes_the_night_after(play: Play) -> None:
    lines = [
        *call("a1", "2027-03-20T09:00:00"),
        logged("2027-03-21T09:00:00", "C-1", ["a1"], received_on="2025-10-01"),
        fault("2027-04-01T02:00:00", "s3", "DeleteObjects", "InternalError", 6, keys=["a1/call_recording"]),
    ]
    state = play(lines, until="2027-04-06T12:00:00")
    [hold] = state.holds
    assert hold.status == "disposed"
    assert not [one for one in state.stores["legal_hold"].objects if one.key.startswith("a1/")]
    assert state.dead_letters == []
