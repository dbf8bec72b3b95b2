"""The rights of people on the tour: somebody asks for their own data, and others ask for records of somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.end_to_end.rights.lines import PHONE, asked, record, rights_event
from tests.end_to_end.stories import Line, call, decide, moment, recording_key

ANOTHER = "+441632960777"
"""The number of somebody else, kept by Ofcom for drama as well."""
NOBODYS = "+441632960778"
SCREEN = "connect/barnet/ScreenRecordings/2027/01/04/v1_20270104T08:12_UTC.mp4"
TRANSCRIPT = "connect/barnet/ChatTranscripts/2027/01/04/c1_20270104T08:00_UTC.json"
ATTACHED = "connect/barnet/Attachments/chat/2027/01/04/5f0e0000-0000-4000-8000-00000000f11e_20270104T08:01_UTC.pdf"
EVALUATED = "Evaluations/2027/01/04/08:40:00.000Z-e-8.json"
MAILED = "EmailMessages/email/2027/01/04/7a0e0000-0000-4000-8000-00000000f11e_20270104T08:01_UTC.json"
CALLED = recording_key("a1", "2027-01-04T08:00:00")
POLICE: dict[str, Any] = {
    "kind": "police",
    "requested_by": "dora",
    "force": "Metropolitan Police",
    "officer": "PC 1234",
    "authoriser": "inspector",
    "offence": "threats to kill",
    "basis": "crime_and_taxation",
    "criminal_matter": "yes",
    "victim": "no",
}
EMERGENCY: dict[str, Any] = {
    "disclosure": "D-2",
    "kind": "emergency",
    "contact_ids": ["d1", "v1"],
    "requested_by": "dora",
    "person_at_risk": "somebody who rang",
    "decided_by": "duty.manager",
    "decided_at": "2027-01-04",
}
"""Its call is held; the screen of the other is gone when it is looked for."""
OLD = {**POLICE, "disclosure": "D-3", "contact_ids": ["old"], "form_key": "forms/D-3-form.pdf"}
"""Asked for so long ago that the register has known of it for as long as it may: its form goes the next night."""


def requests() -> Iterator[Line]:
    """A person asks and is found, in what Firehose set aside too; a second request is close to its deadline."""
    yield from call("n1", "2027-01-04T08:14:00")
    yield record("n1", "2027-01-04T08:14:00Z", "2027-01-04T10:00:00")
    yield record("odd", "", "2027-01-04T10:00:00", InitiationTimestamp=None)
    identifiers = [{"type": "phone", "value": PHONE}, {"type": "case", "value": "C-3"}, {"type": "phone", "value": "?"}]
    yield from asked("2027-01-04T12:30:00", "SAR-1", identifiers=identifiers)
    yield from asked("2027-01-04T12:30:00", "SAR-2", received_on="2026-12-07")
    yield rights_event("2027-01-04T12:35:00", "Request Extended", {"request": "SAR-1", "on": "2027-01-03"})
    officer = "information-officer/mary"
    for contact_id, verdict in (("n1", "confirmed"), ("b1", "rejected"), ("odd", "rejected")):
        yield decide(
            "2027-01-04T14:00:00", officer, "match", "SAR-1", "approve", contact_id=contact_id, verdict=verdict
        )
    file = recording_key("n1", "2027-01-04T08:14:00")
    yield decide("2027-01-04T15:00:00", officer, "item", "SAR-1", "approve", file=file, verdict="whole")
    yield rights_event("2027-01-08T11:30:00", "Request Closed", {"request": "SAR-1", "outcome": "answered"})


def restrictions() -> Iterator[Line]:
    """Somebody asks that their data be restricted, and withdraws it: texts stop, and may go again."""
    yield from asked("2027-01-04T16:15:00", "RES-1", "restriction", [{"type": "phone", "value": NOBODYS}])
    yield rights_event("2027-01-04T18:15:00", "Request Closed", {"request": "RES-1", "outcome": "withdrawn"})


def rectifications() -> Iterator[Line]:
    """The person who asks for a copy says first what is wrong about their call."""
    yield from asked("2027-01-04T12:32:00", "REC-1", "rectification")
    verdict = {"contact_id": "n1", "verdict": "confirmed"}
    yield decide("2027-01-04T13:30:00", "information-officer/mary", "match", "REC-1", "approve", **verdict)
    said = {"statement": "Not so.", "attributes": {"topic": "housing"}}
    key = "intake/REC-1-n1.json"
    yield {"at": moment("2027-01-04T13:34:00").isoformat(), "object": {"store": "rights", "key": key, "body": said}}
    detail = {"request": "REC-1", "contact_id": "n1", "object_key": key}
    yield rights_event("2027-01-04T13:35:00", "Contact Corrected", detail)


def erasures() -> Iterator[Line]:
    """Somebody else asks for erasure: a call and the contact of a text; what stays is said, and the rest goes."""
    endpoint = {"Address": ANOTHER, "Type": "TELEPHONE_NUMBER"}
    named: dict[str, Any] = {"Name": "Ada", "CustomerEndpoint": endpoint, "Attributes": {"name": "Ada"}}
    yield from call("z1", "2027-01-04T08:18:00", **named)
    yield record("z1", "2027-01-04T08:18:00Z", "2027-01-04T10:00:00", ANOTHER)
    yield record("t1", "2027-01-04T12:58:00Z", "2027-01-04T13:30:00", ANOTHER)
    said = {"on": "2026-12-01", "request": "REC-0", "statement": "Not so."}
    stated = {"store": "rights", "key": "corrections/z1/REC-0.json", "body": said}
    yield {"at": moment("2027-01-04T16:05:00").isoformat(), "object": stated}
    yield from asked("2027-01-04T16:10:00", "ERA-1", "erasure", [{"type": "phone", "value": ANOTHER}])
    officer = "information-officer/mary"
    for contact_id in ("z1", "t1"):
        verdict = {"contact_id": contact_id, "verdict": "confirmed"}
        yield decide("2027-01-04T16:40:00", officer, "match", "ERA-1", "approve", **verdict)
    yield decide("2027-01-04T17:00:00", officer, "erasure_scope", "ERA-1", "approve", artefacts="all")
    yield decide("2027-01-04T17:10:00", "rights-approver/zoe", "erasure", "ERA-1", "approve")


def disclosures() -> Iterator[Line]:
    """The police are given a file of every kind before any is held; an emergency is given what is held already."""
    # Connect names the export of an evaluation that is not there.
    lost = f"{{evaluation}}/{EVALUATED.replace('e-8', 'e-7')}"
    judged = {"e-7": {"Status": "COMPLETE", "EvaluationArn": "x/e-7", "ExportLocation": lost}}
    yield from call("x1", "2027-01-04T08:16:00", ContactEvaluations=judged)
    contact_ids = ["a1", "c1", "m1", "v1", "x1"]
    wanted = {**POLICE, "disclosure": "D-1", "contact_ids": contact_ids, "form_key": "intake/D-1-form.pdf"}
    # At first the form that it names has not been handed in.
    yield rights_event("2027-01-04T09:20:00", "Disclosure Requested", wanted)
    form = {"store": "rights", "key": wanted["form_key"], "body": "signed"}
    yield {"at": moment("2027-01-04T09:25:00").isoformat(), "object": form}
    yield rights_event("2027-01-04T09:30:00", "Disclosure Requested", wanted)
    files = [CALLED, TRANSCRIPT, ATTACHED, EVALUATED, MAILED, SCREEN]
    told: dict[str, Any] = {"files": files, "expires_on": "2027-01-06", "tell_person": True}
    yield decide("2027-01-04T09:35:00", "disclosure-officer/dan", "disclosure", "D-1", "request", **told)
    yield decide("2027-01-04T09:40:00", "data-protection-officer/ben", "disclosure", "D-1", "approve")
    yield rights_event("2027-01-04T18:00:00", "Disclosure Requested", EMERGENCY)
