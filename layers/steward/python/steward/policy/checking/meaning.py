"""Whether the sections of a policy file, each well formed, make sense together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from steward.ids import RecordClass
from steward.policy.channels import LEAVES_BEHIND, Channels
from steward.policy.checking.findings import Finding, error, remark
from steward.policy.checking.letters import letter_findings
from steward.policy.checking.shape import Raw
from steward.policy.checking.texts import messaging_findings
from steward.policy.disclosure import LEAST, Disclosure
from steward.policy.duties import SubjectRights
from steward.policy.holds import HoldPeriod, HoldReason, PeriodStart
from steward.policy.messaging import Messaging
from steward.policy.model import Region, Storage
from steward.policy.payments import Payments, RecordingType
from steward.policy.recording import Recording
from steward.policy.retention import Period

_CONNECT_KEEPS_RECORDS_MONTHS = 24
"""Amazon Connect Administrator Guide, "Feature specifications": contact records, 24 months, not adjustable."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_IN_THE_UK = frozenset({"eu-west-2"})

T = TypeVar("T")


def meaning_findings(raw: Raw) -> Iterator[Finding]:
    """Yield what is wrong between well-formed sections; a malformed section is left to the shape."""
    periods = {
        RecordClass(name): period for name, period in _entries(raw, "retention", Period) if name in list(RecordClass)
    }
    storage = _section(raw, "storage", Storage) or Storage()
    recording = _section(raw, "recording", Recording)
    messaging = _section(raw, "messaging", Messaging)
    yield from _classes(raw, storage)
    for record_class, period in periods.items():
        yield from _period(f"retention.{record_class}", period)
    yield from _holds(raw)
    yield from _region(_section(raw, "region", Region))
    yield from _channels(_section(raw, "channels", Channels), storage)
    if recording is not None:
        yield from _recording(recording)
    payments = _section(raw, "payments", Payments)
    if payments is not None:
        yield from _payments(payments, storage)
    yield from _recipients(_section(raw, "disclosure", Disclosure))
    yield from _messaging_storage(messaging="messaging" in raw, storage=storage)
    if messaging is not None:
        yield from messaging_findings(messaging, recording.notice if recording else ())
    rights = _section(raw, "subject_rights", SubjectRights)
    if rights is not None:
        yield from letter_findings(rights, recording.notice if recording else ())


def _recipients(disclosure: Disclosure | None) -> Iterator[Finding]:
    for kind, recipient in disclosure.recipients.items() if disclosure else ():
        lacking = [need for need in LEAST[kind] if need not in recipient.needs]
        if lacking:
            yield error(f"disclosure.recipients.{kind}.needs", f"lacks {', '.join(lacking)}: the law asks for it")


def _section(raw: Raw, name: str, shape: type[T]) -> T | None:
    return _converted(raw[name], shape) if name in raw else None


def _entries(raw: Raw, name: str, shape: type[T]) -> Iterator[tuple[str, T]]:
    table = raw.get(name)
    for key, value in table.items() if isinstance(table, Mapping) else ():
        converted = _converted(value, shape)
        if converted is not None:
            yield key, converted


def _converted(value: Any, shape: type[T]) -> T | None:  # noqa: ANN401 -- TOML nests anything
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return None


def _classes(raw: Raw, storage: Storage) -> Iterator[Finding]:
    named = raw.get("retention")
    for record_class in RecordClass:
        has_period = isinstance(named, Mapping) and record_class in named
        if has_period and record_class in storage.not_kept:
            yield error("storage.not_kept", f"{record_class} has a period as well: keep one of the two")
        if record_class is RecordClass.APPLICATION_INFORMATION:
            continue
        if not has_period and record_class not in storage.not_kept:
            yield error(
                f"retention.{record_class}",
                f"no figure is given: say for how many months {record_class} is kept (months = ...), "
                "or name it in storage.not_kept",
            )


def _period(path: str, period: Period) -> Iterator[Finding]:
    if period.source == "published" and not period.clauses:
        yield error(
            f"{path}.source",
            'names no clause that publishes its figure: name it in clauses, or set source = "council" and say why',
        )
    if period.source == "council" and not period.why:
        yield error(f"{path}.why", "is missing: the figure is the council's own choice, so say why it was chosen")
    if path == f"retention.{RecordClass.CONTACT_RECORD}" and period.months < _CONNECT_KEEPS_RECORDS_MONTHS:
        yield remark(
            f"{path}.months",
            f"Connect itself keeps contact records for {_CONNECT_KEEPS_RECORDS_MONTHS} months and offers no way to "
            f"delete them sooner; {period.months} months hold for the exported ones only",
        )


def _holds(raw: Raw) -> Iterator[Finding]:
    holds = raw.get("holds")
    reasons = holds.get("reasons") if isinstance(holds, Mapping) else None
    if not isinstance(reasons, Mapping):
        return
    for reason in HoldReason:
        if reason not in reasons:
            yield error(
                f"holds.reasons.{reason}",
                f"no figure is given: say for how many months a contact is held for {reason} (months = ...)",
            )
    for name, period in _entries({"reasons": reasons}, "reasons", HoldPeriod):
        path = f"holds.reasons.{name}"
        yield from _closing(path, period)
        if not period.clauses and not period.why:
            yield error(f"{path}.why", "is missing: no clause publishes the figure, so say why it was chosen")


def _closing(path: str, period: HoldPeriod) -> Iterator[Finding]:
    can_be_open = period.open_ended or bool(period.open_ended_stages)
    if period.starts is PeriodStart.CLOSURE:
        if period.months_after_closure is not None:
            yield error(f"{path}.months_after_closure", "has no effect: the months run from closure already")
        if can_be_open:
            yield error(f"{path}.from", "is closure, so every case is open-ended: leave out what says so again")
        return
    if can_be_open and period.months_after_closure is None:
        yield error(
            f"{path}.months_after_closure",
            "is missing: say for how many months after its closure an open-ended case is held",
        )
    if not can_be_open and period.months_after_closure is not None:
        yield error(f"{path}.months_after_closure", "has no effect: no stage of this reason is open-ended")


def _region(region: Region | None) -> Iterator[Finding]:
    for name in region.allowed if region else ():
        if not _REGION.fullmatch(name):
            yield error("region.allowed", f'"{name}" is no AWS region, such as eu-west-2')
        elif region and region.clauses and name not in _IN_THE_UK:
            yield error(
                "region.allowed", f"{name} is outside the United Kingdom, which {', '.join(region.clauses)} forbids"
            )


def _channels(channels: Channels | None, storage: Storage) -> Iterator[Finding]:
    for channel in channels.offered if channels else ():
        if LEAVES_BEHIND[channel] in storage.not_kept:
            yield error(
                "channels.offered",
                f"{channel} is offered, but storage.not_kept says that {LEAVES_BEHIND[channel]} is not kept",
            )


def _recording(recording: Recording) -> Iterator[Finding]:
    if "en" not in recording.notice:
        yield error("recording.notice.en", "is missing: say what callers hear before they are recorded")
    if recording.outbound_notice and set(recording.outbound_notice) != set(recording.notice):
        yield error("recording.outbound_notice", "has to have the languages of recording.notice, each of them")
    for line in recording.lines:
        if line in recording.lines_not_recorded:
            yield error("recording.lines_not_recorded", f'"{line}" is among the recorded lines as well')


def _payments(payments: Payments, storage: Storage) -> Iterator[Finding]:
    recorded_as = {
        RecordingType.AGENT: RecordClass.CALL_RECORDING,
        RecordingType.IVR: RecordClass.CALL_RECORDING,
        RecordingType.SCREEN: RecordClass.SCREEN_RECORDING,
    }
    for kind, record_class in recorded_as.items():
        if kind not in payments.suspend and record_class not in storage.not_kept:
            yield error(
                "payments.suspend", f"{kind} is missing although {record_class} is kept: a card would be recorded"
            )


def _messaging_storage(*, messaging: bool, storage: Storage) -> Iterator[Finding]:
    for record_class in (RecordClass.SMS_LOG, RecordClass.CONSENT_EVIDENCE):
        if messaging and record_class in storage.not_kept:
            yield error("storage.not_kept", f"{record_class} must be kept: the policy has a section messaging")
