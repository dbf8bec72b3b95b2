"""What is said of an erasure that is done: never that something is gone which nobody can show to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from steward.failures import UnreadableRow
from steward.ids import ContactId
from steward.rights.adapters.records import S3RightsStore
from steward.rights.erasure.adapters import notices
from steward.rights.erasure.adapters.notices import SnsErasureNotices
from steward.rights.erasure.artefacts import Artefact, ArtefactStatus, Erasure
from steward.rights.letters import to_say
from steward.rights.requests import RequestId
from tests.support.rights.erasing import Council, name

ONE = ContactId("one")
GONE = Artefact(store="call_recording", key="a.wav", contact_id=ONE, status=ArtefactStatus.ERASED)
LASTING = Artefact(store="connect", key="one/CustomerId", contact_id=ONE, status=ArtefactStatus.NOT_VERIFIED)
HELD = Artefact(store="legal_hold", key="b.wav", contact_id=ONE, status=ArtefactStatus.DEFERRED, ground="hold")


def erasure(*artefacts: Artefact) -> Erasure:
    return Erasure(
        request=RequestId("ERA-1"), planned_at=datetime(2027, 1, 5, tzinfo=UTC), contacts=(), artefacts=artefacts
    )


def mail(of: Erasure, monkeypatch: pytest.MonkeyPatch) -> str:
    sent: list[str] = []
    monkeypatch.setattr(notices, "send_mail", lambda _topic, subject, text: sent.append(f"{subject}\n{text}"))
    SnsErasureNotices("topic").finished(of)
    [one] = sent
    return one


@pytest.mark.parametrize("more", [(), (HELD,)], ids=["done", "done in part"])
def test_the_mail_says_what_cannot_be_shown_to_be_gone(
    more: tuple[Artefact, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = mail(erasure(GONE, LASTING, *more), monkeypatch)
    assert "1 cannot be shown to be gone" in said
    assert "Tell the person what cannot be shown to be gone" in said
    assert "cannot be shown" not in mail(erasure(GONE, *more), monkeypatch)


def test_the_event_counts_what_cannot_be_shown_to_be_gone_apart_from_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    council = Council(2)
    details: list[dict[str, object]] = []
    monkeypatch.setattr(council, "state", lambda _, detail: details.append(detail))
    council.lasting = {name(1)}
    council.erased()
    assert details == [{"request": "ERA-1", "artefacts": 6, "not_verified": 1}]


def test_whoever_writes_the_letter_is_told_what_its_reason_has_to_say() -> None:
    assert to_say(erasure(GONE, replace(GONE, key="c", status=ArtefactStatus.ALREADY_GONE))) == ""
    said = to_say(erasure(GONE, LASTING, HELD, replace(HELD, key="d", status=ArtefactStatus.FAILED)))
    assert "1 cannot be shown to be gone, 1 wait, 1 are not erased yet" in said


def test_entries_that_were_kept_and_cannot_be_read_are_said_to_be_that(monkeypatch: pytest.MonkeyPatch) -> None:
    store = S3RightsStore("rights")
    monkeypatch.setattr(S3RightsStore, "read", lambda _, __: b'{"texts": [')
    with pytest.raises(UnreadableRow, match="entries of registers"):
        store.entries(RequestId("ERA-1"), ONE)
