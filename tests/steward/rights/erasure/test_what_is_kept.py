"""What is kept of a contact is found where holding finds it, and a folder that nobody named hides nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.holds.contacts import Contact
from steward.holds.discovery import Stores
from steward.holds.ports import StoredVersion
from steward.ids import ContactId, RecordClass
from steward.rights.erasure.adapters import kept, versions
from steward.rights.erasure.adapters.connect import Has
from steward.rights.erasure.adapters.kept import OpenRequests, WhatIsKept
from steward.rights.erasure.adapters.versions import S3SourcesByVersion
from steward.rights.erasure.artefacts import (
    CONNECT,
    CONSENTS,
    EVIDENCE_OF_CONSENT,
    NO_OPERATION,
    Artefact,
    ArtefactStatus,
    Erased,
)
from steward.rights.erasure.ports import Version
from steward.rights.finding import registers
from steward.rights.requests import RequestId

AT = datetime(2026, 12, 5, 10, tzinfo=UTC)
ONE = ContactId("one")
NOTHING = Has()
KEY = "odd/place/2026/12/05/one_20261205T10:00_UTC.wav"


@dataclass
class World:
    """A contact of which Connect names no recording, and one recording below a folder that nobody named."""

    def now(self) -> datetime:
        return datetime(2027, 1, 5, 9, tzinfo=UTC)

    def describe(self, contact_id: ContactId) -> Contact:
        return Contact(
            contact_id=contact_id,
            channel="VOICE",
            initiated_at=AT,
            ended_at=AT,
            recordings=(),
            evaluated=False,
            snapshot=b"{}",
        )

    def references(self, contact_id: ContactId) -> tuple[()]:
        del contact_id
        return ()

    evaluations = about = references

    def find(self, bucket: str, prefix: str) -> tuple[StoredVersion, ...]:
        found = StoredVersion(key=KEY, version_id="1", stored_at=AT, bytes=1)
        return (found,) if bucket == "recordings" and KEY.startswith(prefix) else ()

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        del bucket
        below, _, _ = KEY.removeprefix(prefix).partition("/")
        return (f"{prefix}{below}/",) if KEY.startswith(prefix) else ()

    def file(self, contact_id: ContactId) -> World:
        del contact_id
        return self

    present = ()

    def entries(self, request: RequestId, contact_id: ContactId) -> registers.Entries:
        del request, contact_id
        return self.registered

    bucket = "rights"
    registered: registers.Entries = registers.NOTHING
    in_connect: Has = NOTHING

    def has(self, contact_id: ContactId) -> Has:
        del contact_id
        return self.in_connect

    def unfinished(self) -> tuple[RequestId, ...]:
        return ()


@dataclass
class Objects:
    bucket: str

    def versions(self, key: str) -> tuple[Version, ...]:
        return (Version(key=key, version_id="1"),) if (self.bucket, key) == ("recordings", KEY) else ()

    def below(self, prefix: str) -> tuple[Version, ...]:
        del prefix
        return ()


def what_is_kept(world: Any) -> WhatIsKept:  # noqa: ANN401 - every port in one
    return WhatIsKept(
        clock=world,
        stores=Stores(buckets={RecordClass.CALL_RECORDING: "recordings"}, prefixes={}),
        contacts=world,
        sources=world,
        register=world,
        redaction=world,
        matches=world,
        others=OpenRequests(world, world),
        disclosures=world,
        rights=world,
    )


def test_a_recording_below_a_folder_that_nobody_named_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "S3Objects", Objects)
    found = what_is_kept(World()).artefacts(Erased(contact_id=ONE, month="2026-12"), RequestId("ERA-1"))
    assert found == (Artefact(store=RecordClass.CALL_RECORDING, key=KEY, contact_id=ONE),)


def test_what_no_operation_of_connect_removes_is_in_the_plan_as_what_nobody_can_call_erased(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "S3Objects", Objects)
    has = Has(typed=True, personal=("EmailSubject",), lasting=("CustomerId",))
    hers = Erased(contact_id=ONE, month="2026-12")
    found = what_is_kept(World(in_connect=has)).artefacts(hers, RequestId("ERA-1"))
    stays = Artefact(
        store=CONNECT,
        key=f"{ONE}/CustomerId",
        contact_id=ONE,
        status=ArtefactStatus.NOT_VERIFIED,
        ground=NO_OPERATION,
    )
    whole = Artefact(store=CONNECT, key=ONE, contact_id=ONE)
    assert found[1:] == (whole, replace(whole, key=f"{ONE}/EmailSubject"), stays)


def test_38_that_somebody_opted_out_of_texts_outlives_the_erasure_as_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "S3Objects", Objects)
    opted_out = registers.Entries(
        texts=(),
        consents=(registers.Consent(at="2026-12-05", purpose="sms", decision="opted_out", wording_version="1"),),
        payments=(),
    )
    found = what_is_kept(World(registered=opted_out)).artefacts(
        Erased(contact_id=ONE, month="2026-12"), RequestId("ERA-1")
    )
    stays = Artefact(
        store=CONSENTS,
        key=ONE,
        contact_id=ONE,
        status=ArtefactStatus.REFUSED,
        ground=EVIDENCE_OF_CONSENT,
    )
    assert stays in found


def test_folders_are_listed_by_versions_as_whoever_erases_is_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Listing:
        def list_object_versions(self, **asked: str) -> dict[str, Any]:
            assert asked == {"Bucket": "recordings", "Prefix": "odd/", "Delimiter": "/"}
            return {"CommonPrefixes": [{"Prefix": "odd/place/"}]}

    monkeypatch.setattr(versions, "client", lambda _: Listing())
    assert S3SourcesByVersion().folders("recordings", "odd/") == ("odd/place/",)
