"""What the system knows of a data protection impact assessment (UK GDPR Article 35), and the rest as named blanks.

The steps are those of the Information Commissioner's sample template ("How do we do a DPIA?", ico.org.uk). A judgement
(need, risk, sign-off) is a person's, and is never filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cli.pack.blanks import Blanks
from cli.pack.records import transfers
from cli.pack.words import words
from documentation.clauses import Control, Notice
from documentation.notices import CHANNELS
from steward.archive import Entry
from steward.policy.model import Policy
from steward.rights.html import facts, listed, page, table, text

NAME: Final = "impact-assessment.html"

_STEPS: Final = (
    "Step 1: the need for an assessment",
    "Step 2: the processing",
    "Step 3: consultation",
    "Step 4: necessity and proportionality",
    "Step 5: risks",
    "Step 6: measures",
    "Step 7: sign-off and outcomes",
)


def assessment(notice: Notice, controls: Mapping[str, Control], blanks: Blanks) -> Entry:
    """Return the page; ``blanks`` notes what is left open."""
    policy = notice.policy
    bodies = (
        _left(blanks, _STEPS[0], ("what the project aims to achieve, and why an assessment is needed",)),
        _described(policy, blanks),
        _left(
            blanks,
            _STEPS[2],
            (
                "when and how people's views are sought, or why that is not appropriate",
                "who else is asked, such as experts",
            ),
        ),
        _proportionate(policy, blanks),
        _left(
            blanks,
            _STEPS[4],
            ("each source of risk and its impact on people", "likelihood, severity and overall risk of each"),
        ),
        _measures(notice, controls, blanks),
        _left(
            blanks,
            _STEPS[6],
            (
                "who approved the measures, and when",
                "who accepted the residual risks, and when",
                "the advice of the data protection officer",
                "whether that advice was accepted or overruled, by whom and why",
                "who reviewed the responses to the consultation",
                "who keeps this assessment under review",
            ),
        ),
    )
    body = [
        (
            f"<p>For the contact centre of <strong>{text(policy.council.name)}</strong>, from version "
            f"{text(policy.council.policy_version)} of its policy. The steps are those of the Information "
            "Commissioner's sample template. What steward cannot know is left open, with its name.</p>"
        )
    ]
    for step, content in zip(_STEPS, bodies, strict=True):
        body += [f"<h2>{text(step)}</h2>", *content]
    return Entry(name=NAME, content=page("Data protection impact assessment", body, broad=True))


def _left(blanks: Blanks, step: str, what: Iterable[str]) -> list[str]:
    return [listed(blanks.leave(step, one) for one in what)]


def _described(policy: Policy, blanks: Blanks) -> Iterator[str]:
    step = _STEPS[1]
    recording, messaging, disclosure = policy.recording, policy.messaging, policy.disclosure
    offered = ", ".join(CHANNELS[one] for one in policy.channels.offered) if policy.channels else ""
    lines = ", ".join(recording.lines) if recording.lines else "every line"
    excluded = ", ".join((*recording.lines_not_recorded, *recording.queues_not_recorded))
    yield "<h3>Nature</h3>"
    yield facts(
        [
            ("Source", f"People who are in touch by {offered}." if offered else blanks.leave(step, "the channels")),
            ("Recorded", f"Calls to {lines}" + (f", but not to {excluded}." if excluded else ".")),
            ("Not recorded", _payments(policy)),
            ("Stored", "By kind of record, as the records of processing say."),
            (
                "Deleted",
                "By Amazon S3 on the day that the policy sets, or held for a case and deleted when its hold ends.",
            ),
            ("Texts", " ".join(messaging.purposes.values()) if messaging else "None are sent."),
            (
                "Shared with",
                f"{'; '.join(disclosure.to)}. {disclosure.condition}" if disclosure else "Nobody by the policy.",
            ),
        ]
    )
    yield "<h3>What callers are told</h3>"
    for language, said in recording.notice.items():
        yield f'<p lang="{text("en-GB" if language == "en" else language)}">{text(said)}</p>'
    say = words("en")
    yield "<h3>Scope</h3>"
    yield table(
        "How long each kind of record is kept",
        ("Kind of record", "Months"),
        [(say[name], str(period.months)) for name, period in sorted(policy.retention.items())],
    )
    yield from _left(
        blanks,
        step,
        (
            "special-category and criminal-offence data that people may tell",
            "how many people, and how much and how often",
            "the area that is covered",
        ),
    )
    yield "<h3>Context</h3>"
    yield from _left(
        blanks,
        step,
        (
            "the relationship with the people, their control and their expectations",
            "whether children or other vulnerable people are among them",
            "earlier concerns, the state of technology, and codes of conduct",
        ),
    )
    yield "<h3>Purposes</h3>"
    purposes = policy.subject_rights.purposes if policy.subject_rights else {}
    for language, said in purposes.items():
        yield f'<p lang="{text("en-GB" if language == "en" else language)}">{text(said)}</p>'
    yield from _left(blanks, step, ("the benefits, for the council and more broadly",))


def _payments(policy: Policy) -> str:
    if policy.payments is None:
        return "No payments are taken by the policy."
    return "Payments: no payment is taken until the recording is confirmed to be paused."


def _proportionate(policy: Policy, blanks: Blanks) -> Iterator[str]:
    step, rights = _STEPS[3], policy.subject_rights
    yield facts(
        [
            ("Lawful basis of text messages", "Consent." if policy.messaging else "None are sent."),
            (
                "Data minimisation",
                "Each kind of record has a period of its own, and leaves by itself; the table above has them.",
            ),
            (
                "Not kept at all",
                ", ".join(words("en")[one].lower() for one in policy.storage.not_kept) or "nothing is left out",
            ),
            ("What people are told", "The notice before a recording, in each language above, and the public wording."),
            (
                "Rights",
                f"{', '.join(rights.rights)}; answered within {rights.answer_within_days} days."
                if rights
                else blanks.leave(step, "how people's rights are supported"),
            ),
            ("Transfers", transfers(policy)),
        ]
    )
    yield from _left(
        blanks,
        step,
        (
            "the lawful basis of each other kind of processing",
            "whether it achieves the purpose, and whether there is another way",
            "how the use for other purposes is prevented",
            "how processors are kept to their contracts",
        ),
    )


def _measures(notice: Notice, controls: Mapping[str, Control], blanks: Blanks) -> Iterator[str]:
    """Return each control once, with the promises that it keeps."""
    by_control: dict[str, list[str]] = {}
    for clause in notice.clauses:
        if clause.id in controls and clause.id in notice.sections:
            by_control.setdefault(controls[clause.id].control, []).append(clause.id)
    yield table(
        "Measures that the deployed system takes",
        ("Promises", "Measure"),
        [(", ".join(clauses), control) for control, clauses in by_control.items()],
    )
    yield from _left(
        blanks,
        _STEPS[5],
        ("the risk that each measure answers, and its effect", "the residual risk", "whether the measure is approved"),
    )
