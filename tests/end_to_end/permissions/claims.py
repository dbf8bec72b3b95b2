"""What must be true at the end of the tour."""

from __future__ import annotations

import json
from collections.abc import Iterator

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.results.shapes import HoldState, State


def claims(state: State, world: EmbeddedAws) -> Iterator[tuple[str, str]]:
    holds = {(hold.case, hold.contact_id): hold.status for hold in state.holds}
    for case, contact_id, status in (
        ("C-1", "a1", "disposed"),
        ("C-1", "a2", "disposed"),
        ("C-2", "c1", "held"),
        ("C-3", "b1", "held"),
        ("C-4", "d1", "held"),
        ("C-5", "e1", "held"),
        ("C-6", "f1", "held"),
        ("C-7", "nobody", "nothing_held"),
        ("C-8", "g1", "released"),
        ("C-9", "h1", "partial"),
        ("P-1", "k1", "held"),
        ("C-10", "v1", "held"),
        ("C-10", "m1", "held"),
        ("R-1", "r1", "released"),
        ("R-2", "r1", "held"),
        ("S-1", "s1", "released"),
        ("Q-1", "q1", "partial"),
        ("SAR-1", "n1", "held"),
    ):
        yield f"{contact_id} is {status} for {case}", unless(holds.get((case, contact_id)), status)
    requests = [(one.request, one.status) for one in state.requests]
    as_it_stands = [
        ("ERA-1", "reviewing"),
        ("REC-1", "matching"),
        ("RES-1", "withdrawn"),
        ("SAR-1", "closed"),
        ("SAR-2", "matching"),
    ]
    yield "The request about a person's data is closed", unless(requests, as_it_stands)
    erased = [(one.request, one.status, {each.status for each in one.artefacts}) for one in state.erasures]
    yield "Two people's agreement was carried out", unless(erased, [("ERA-1", "done", {"erased"})])
    found = {one.contact_id for one in state.requests[3].contacts}
    yield "The person's contacts were found", unless(found, {"n1", "odd", "b1"})
    given = {one.disclosure: (one.status, len(one.files)) for one in state.disclosures}
    wanted = {"D-1": ("expired", 6), "D-2": ("granted", 1)}
    yield "Others were given what they may have", unless(given, wanted)
    forms = [one.key for one in state.stores["rights"].objects if one.key.endswith("-form.pdf")]
    wanted_forms = ["forms/D-2-form.pdf", "intake/D-1-form.pdf"]
    yield "What the register no longer knows of is forgotten", unless(sorted(forms), wanted_forms)
    about = [f"{kind} disclosure {one}" for kind, one in (("Nothing is given:", "D-1"), ("Papers are overdue:", "D-2"))]
    subjects = [notice.subject for notice in state.notifications]
    yield "What a disclosure lacks was told", unless([one for one in about if one not in subjects], [])
    yield from _hold_claims(state, world)
    yield from _call_claims(state, world)


def _hold_claims(state: State, world: EmbeddedAws) -> Iterator[tuple[str, str]]:
    classes = {artefact.record_class for hold in state.holds if hold.contact_id == "c1" for artefact in hold.artefacts}
    wanted = {"chat_transcript", "attachment", "evaluation", "contact_record"}
    yield "The chat is held with its attachment and evaluation", unless(classes, wanted)
    held = {a.source_key for hold in state.holds if hold.contact_id == "b1" for a in hold.artefacts}
    late = [key for key in held if "analysis" in key]
    yield "What appeared later is held", unless(len(late), 1)
    chats: list[HoldState | None] = [hold for hold in state.holds if hold.contact_id == "c1"]
    [chat] = chats or [None]
    dated = chat is not None and (chat.stage, chat.open_ended) == ("2", False)
    yield "The escalated case has an end again once it is closed", unless(dated, True)  # noqa: FBT003
    causes = {(row.store, row.cause) for row in state.disposals}
    yield "Copies were disposed of when their hold ended", unless(("legal_hold", "hold_ended") in causes, True)  # noqa: FBT003
    yield "Old contact records are gone", unless(("contact_record", "retention_sweep") in causes, True)  # noqa: FBT003
    yield "Every disposal is confirmed", unless(_unconfirmed(world), 0)
    yield "Nothing is in a dead-letter queue", unless([letter.queue for letter in state.dead_letters], [])
    yield "The complaints team was told", unless(any("C-7" in (n.subject or "") for n in state.notifications), True)  # noqa: FBT003


def _call_claims(state: State, world: EmbeddedAws) -> Iterator[tuple[str, str]]:
    answers = {
        answer.as_: answer.response.get("status") if isinstance(answer.response, dict) else None
        for answer in state.responses
    }
    for label, status in (
        ("pause p1", "paused"),
        ("status p1", "paused"),
        ("resume p1", "recording"),
        ("unasked", "refused"),
        ("asked", "sent"),
        ("given 4", "recorded"),
        ("withdrawn 4", "recorded"),
        ("given 5", "recorded"),
        ("resume p5", "not_confirmed"),
        ("stopped", "refused"),
        ("invalid", "sent"),
    ):
        yield f"The answer to `{label}` is {status}", unless(answers.get(label), status)
    payments = {payment.contact_id: payment.status for payment in state.payments}
    for contact_id, status in (
        ("p1", "recording"),
        ("p2", "ended"),
        ("p3", "paused"),
        ("p4", "ended"),
        ("p5", "ended"),
        ("p7", "recording"),
    ):
        yield f"The payment of {contact_id} is {status}", unless(payments.get(contact_id), status)
    told = any("open for too long" in (notice.subject or "") for notice in state.notifications)
    yield "Supervisors were told of the open pause", unless(told, True)  # noqa: FBT003
    yield (
        "The text's delivery is known",
        unless([message.status for message in state.messages], ["delivered", "invalid"]),
    )
    yield "A withdrawal is a row of steward's and leaves the service's own list alone", unless(_opted_out(world), set())
    yield from ((f"{name} logs under its name", problem) for name, problem in _log_problems(world))


def unless(found: object, wanted: object) -> str:
    return "" if found == wanted else f"{found!r} instead of {wanted!r}"


def _unconfirmed(world: EmbeddedAws) -> int:
    [table] = [name for logical, name in world.names.tables.items() if logical == "RegisterTable"]
    rows = world.client("dynamodb").scan(TableName=table)["Items"]
    held = {"S": world.names.buckets["legal_hold"]}
    ledger = [row for row in rows if row["pk"]["S"].startswith("DISPOSAL#") and row.get("bucket") == held]
    return sum("confirmed_at" not in row for row in ledger) if ledger else -1


def _opted_out(world: EmbeddedAws) -> set[str]:
    sms = world.client("pinpoint-sms-voice-v2")
    [name] = [
        resource.identity.ref
        for resource in world.resources
        if resource.declaration.type == "AWS::SMSVOICE::OptOutList"
    ]
    return {entry["OptedOutNumber"] for entry in sms.describe_opted_out_numbers(OptOutListName=name)["OptedOutNumbers"]}


def _log_problems(world: EmbeddedAws) -> Iterator[tuple[str, str]]:
    services: dict[str, set[object]] = {}
    for line in world.logs:
        if line.text.startswith("{"):
            content = json.loads(line.text)
            services.setdefault(line.function, set()).add(content.get("service"))
    for name, found in sorted(services.items()):
        yield name, unless(found, {name})
