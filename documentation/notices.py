"""The public wording of each council's policy: ``docs/notices/<council>.md``.

``python -m documentation.notices`` writes the pages, of a council's own folder (``STEWARD_CONFIG``) into that folder.
Everything in them is the policy's, what it only declares included, so that what is promised and what is done come from
one file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from documentation.clauses import COUNCILS, policies
from infra.checks.places import explained
from infra.council_folder import council_folder
from infra.ending import alone, complain
from infra.refusal import RefusalError
from steward.ids import RecordClass
from steward.policy.channels import Channel
from steward.policy.holds import HoldPeriod, HoldReason, PeriodStart
from steward.policy.load import PolicyError, load_policy
from steward.policy.model import Policy

FOLDER = "docs/notices"

CHANNELS = {
    Channel.TELEPHONE: "telephone",
    Channel.WEB_CHAT: "web chat",
    Channel.EMAIL: "e-mail",
    Channel.SOCIAL_MEDIA: "social media",
    Channel.SMS: "text message",
}

_CLASSES = {
    RecordClass.CALL_RECORDING: "Recordings of calls, and what is worked out from them",
    RecordClass.SCREEN_RECORDING: "Recordings of an advisor's screen",
    RecordClass.CHAT_TRANSCRIPT: "Transcripts of chats, and what is worked out from them",
    RecordClass.EMAIL_MESSAGE: "E-mails",
    RecordClass.ATTACHMENT: "Files sent with a chat or an e-mail",
    RecordClass.EVALUATION: "Quality reviews of a call or chat",
    RecordClass.CONTACT_RECORD: "The record that a contact took place: when, from which number, how long",
    RecordClass.SMS_LOG: "The log of text messages that we sent",
    RecordClass.CONSENT_EVIDENCE: "The record of what you agreed to",
    RecordClass.APPLICATION_INFORMATION: "What you apply with, such as for a blue badge, from the day we received it",
}

_REASONS = {
    HoldReason.COMPLAINT: "A complaint",
    HoldReason.LEGAL_CLAIM: "A legal claim",
    HoldReason.THREAT_TO_STAFF: "A threat to our staff",
    HoldReason.SUBJECT_ACCESS: "A request for a copy of your records",
}


def render(policy: Policy) -> str:
    """Return the page of one policy."""
    sections = (_title, _channels, _recording, _retention, _holds, _messaging, _duties, _declared)
    return "\n".join(line for section in sections for line in section(policy)).rstrip() + "\n"


def page(policy: Policy) -> Path:
    """Return where the page of that policy stands. Raises ``RefusalError`` if ``CONFIG`` names no folder."""
    return council_folder().path / FOLDER / f"{policy.council.slug}.md"


def _title(policy: Policy) -> Iterator[str]:
    slug = policy.council.slug
    source = f"`policies/{slug}.toml`" if slug in COUNCILS else "the policy"
    yield f"# How the contact centre of {policy.council.name} uses your data"
    yield ""
    yield f"Version {policy.council.policy_version}, written from {source}: do not edit."
    yield ""


def _channels(policy: Policy) -> Iterator[str]:
    if policy.channels is not None:
        yield f"You can reach us by {_listed(CHANNELS[channel] for channel in policy.channels.offered)}."
        yield ""


def _recording(policy: Policy) -> Iterator[str]:
    recording = policy.recording
    yield from ("## What we record", "", "Before we record a call you hear:", "")
    for text in recording.notice.values():
        yield from (f"> {text}", "")
    if recording.outbound_notice:
        yield from ("When we call you, you hear:", "")
        for text in recording.outbound_notice.values():
            yield from (f"> {text}", "")
    if recording.lines:
        yield f"We record calls to these lines only: {_listed(recording.lines)}."
    not_recorded = (*recording.lines_not_recorded, *recording.queues_not_recorded)
    if not_recorded:
        yield f"We do not record calls to these lines and queues: {_listed(not_recorded)}."
    for queue, channels in recording.channels_not_stored.items():
        yield f"For {queue} we do not store {_listed((CHANNELS[channel] for channel in channels), 'or')}."
    if recording.stop_on_transfer_out:
        yield "Recording stops when your call is passed on to somebody outside the contact centre."
    if policy.payments is not None:
        yield "Recording is off while you pay by card. If we cannot be sure that it is, we do not take the payment."
    yield f"Your data is kept in {_listed(_region(name) for name in policy.region.allowed)}."
    yield ""


def _retention(policy: Policy) -> Iterator[str]:
    yield from ("## How long we keep it", "", "| what | how long | why |", "|---|---|---|")
    for record_class, name in _CLASSES.items():
        period = policy.retention.get(record_class)
        if period is not None:
            yield f"| {name} | {period.months} months | {period.why or 'As published.'} |"
    yield ""
    not_kept = [_lowered(_CLASSES[record_class]) for record_class in policy.storage.not_kept]
    if not_kept:
        yield from (f"We do not store: {_listed(not_kept)}.", "")


def _holds(policy: Policy) -> Iterator[str]:
    yield from ("## When we keep something longer", "", "| reason | how long | why |", "|---|---|---|")
    for reason, name in _REASONS.items():
        period = policy.holds.reasons[reason]
        yield f"| {name} | {held_for(period)} | {period.why or 'As published.'} |"
    yield ""


def held_for(period: HoldPeriod) -> str:
    """Return how long something is held, in words."""
    if period.starts is PeriodStart.CLOSURE:
        return f"until it is closed, and {period.months} months after that date"
    text = f"{period.months} months from the date on which we received it"
    if period.open_ended:
        return f"{text}, and at least until {period.months_after_closure} months after it is closed"
    if period.open_ended_stages:
        further = _listed((_STAGES[stage] for stage in period.open_ended_stages), "or")
        return f"{text}; {further}: at least until {period.months_after_closure} months after it is closed"
    return text


_STAGES = {"1": "at stage one", "2": "at stage two", "ombudsman": "with the Ombudsman"}


def _messaging(policy: Policy) -> Iterator[str]:
    yield from ("## Text messages", "")
    if policy.messaging is None:
        yield from ("We send none.", "")
        return
    yield "We send one only to somebody who called from a mobile and agreed to it, for these purposes:"
    yield ""
    yield from (f"- {meaning}" for meaning in policy.messaging.purposes.values())
    yield from ("", "You can withdraw your consent at any time by calling us.", "")


def _duties(policy: Policy) -> Iterator[str]:
    disclosure, rights = policy.disclosure, policy.subject_rights
    if disclosure is not None:
        yield from ("## Who else may be given a record", "")
        yield from (f"{_capital(_listed(disclosure.to))}. {disclosure.condition}", "")
    if rights is not None:
        yield from ("## Your rights", "")
        yield f"You have the right of {_listed(rights.rights)}. We answer within {rights.answer_within_days} days."
        yield ""


def _declared(policy: Policy) -> Iterator[str]:
    yield from ("## What else we tell you", "")
    yield from (f"- {statement.text}" for statement in policy.declared)


def _region(name: str) -> str:
    return {"eu-west-2": "the United Kingdom"}.get(name, name)


def _listed(items: Iterable[str], last: str = "and") -> str:
    *most, final = items
    if not most:
        return final
    if any("," in item for item in (*most, final)):
        return f"{'; '.join(most)}; {last} {final}"
    return f"{', '.join(most)} {last} {final}"


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def main() -> int:
    """Write the pages; return 2, with a line for each reason, if a file cannot be used."""
    try:
        for policy in map(load_policy, policies()):
            target = page(policy)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(render(policy), encoding="utf-8")
            sys.stdout.write(f"{target} is written\n")
    except (PolicyError, RefusalError) as problem:
        complain(explained(problem) if isinstance(problem, PolicyError) else problem)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(alone(main, __doc__))
