"""What the receipt of a case says, and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from steward.evidence.register.receipt import Receipt, UnknownCase, receipt, receipt_page, receipt_text
from steward.holds.register import ContactHolds, HoldStatus, MissingArtefact, ReleaseNote
from steward.ids import CaseRef, RecordClass
from tests.support.evidence.desk import HELD, NOW, held_contact
from tests.support.reading_html import problems

WHOLE = held_contact()
MISSING = MissingArtefact(
    record_class=RecordClass.SCREEN_RECORDING, source_key="ScreenRecordings/2027/02/01/c1.mp4", why="not found"
)


def said(files: Sequence[ContactHolds] = (WHOLE,), case: str = "C-1", unread: int = 0) -> Receipt:
    return receipt(CaseRef(case), files, council="Barnet", environment="local", at=NOW, unread=unread)


def test_every_file_is_there_with_its_digest_and_lock() -> None:
    (contact,) = said().contacts
    (file,) = contact.files

    assert (contact.contact_id, contact.status, contact.until) == ("c1", "held", datetime(2028, 8, 10, tzinfo=UTC))
    assert (file.key, file.sha256, file.locked_until) == (HELD.key, "0" * 64, datetime(2028, 8, 10, tzinfo=UTC))
    assert said().is_whole
    assert "✓ Nothing is missing. 1 contact, 1 file held." in receipt_text(said())


def test_what_is_missing_is_named_with_its_reason_and_nothing_is_whole() -> None:
    partial = held_contact(status=HoldStatus.PARTIAL, missing=(MISSING,))

    assert not said([partial]).is_whole
    for shown in (receipt_text(said([partial])), receipt_page(said([partial])).decode()):
        assert "✗ Not everything is held." in shown
        assert "screen recording (ScreenRecordings/2027/02/01/c1.mp4): not found" in shown


def test_a_case_is_found_however_its_reference_is_written_and_is_called_as_it_was_placed() -> None:
    assert said(case="c-1").case == "C-1"


def test_a_contact_that_was_not_looked_at_yet_is_neither_whole_nor_missing() -> None:
    waiting = held_contact(inspected=False, status=HoldStatus.NOTHING_HELD)

    assert not said([waiting]).is_whole
    assert "? Not everything was looked at yet." in receipt_text(said([waiting]))
    assert "asked for, and not looked at yet" in receipt_text(said([waiting]))


def test_a_hold_that_found_nothing_is_not_whole() -> None:
    nothing = replace(held_contact(status=HoldStatus.NOTHING_HELD), artefacts=())

    assert not said([nothing]).is_whole
    assert "c1: nothing held" in receipt_text(said([nothing]))


def test_a_case_of_which_there_is_no_hold_is_unknown_and_none_if_rows_could_not_be_read() -> None:
    with pytest.raises(UnknownCase, match="the register has no hold of the case C-9"):
        said(case="C-9")
    unread = said([], unread=2)
    assert not unread.is_whole
    assert "2 contacts could not be read" in receipt_text(unread)


def test_another_case_of_the_same_contact_and_what_was_copied_for_it_alone_are_left_out() -> None:
    ended = ReleaseNote(by="ann", approved_by="bob", why="withdrawn", at=datetime(2027, 2, 20, tzinfo=UTC))
    [mine] = held_contact(status=HoldStatus.RELEASED, release=ended).holds
    [other] = held_contact(case=CaseRef("SECRET-2")).holds
    [copy] = WHOLE.artefacts
    later = replace(copy, hold_key="c1/call_recording/later.wav", held_at=ended.at + timedelta(days=1))
    file = ContactHolds(contact_id=WHOLE.contact_id, holds=(mine, other), artefacts=(copy, later))

    page = receipt_page(said([file])).decode()
    assert "SECRET-2" not in page
    assert "later.wav" not in page
    assert "by ann and bob: withdrawn" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"disposed_at": datetime(2027, 2, 21, tzinfo=UTC)}, "is not there any more: disposed of 21 February 2027"),
        ({"removed_why": "card data"}, "is not there any more: card data"),
        ({"legal_hold": True, "retain_until": None}, "no date, and without an end"),
    ],
)
def test_a_copy_that_is_gone_or_has_no_end_says_so(changes: dict[str, object], words: str) -> None:
    [copy] = WHOLE.artefacts
    file = replace(WHOLE, artefacts=(replace(copy, **changes),))  # type: ignore[arg-type]

    assert words in receipt_text(said([file]))


def test_the_page_can_be_read_without_seeing_it_and_the_json_has_the_same() -> None:
    partial = held_contact(status=HoldStatus.PARTIAL, missing=(MISSING,), open_ended=True)
    page = receipt_page(said([partial]))
    plain = msgspec.json.decode(msgspec.json.encode(said([partial])))

    assert problems(page) == []
    assert plain["format"] == "steward-receipt/1"
    assert plain["contacts"][0]["files"][0]["sha256"] in page.decode()
    assert plain["contacts"][0]["until"] is None
