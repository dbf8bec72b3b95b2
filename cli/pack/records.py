"""The records of processing (UK GDPR Article 30): a row for each record class, as pages and as CSV.

What the policy or the templates do not say is left to a person, by name: a lawful basis is nobody's guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cli.pack.blanks import BOX, Blanks
from cli.pack.words import LANGUAGES, Words, words
from documentation.notices import held_for
from steward.archive import Entry, as_csv
from steward.ids import S3_RECORD_CLASSES, RecordClass
from steward.policy.model import Policy
from steward.policy.retention import Period
from steward.retention.months import lifecycle_days
from steward.rights.html import facts, listed, page, table, text

CSV: Final = "records-of-processing.csv"
WHERE: Final = "Records of processing"

_COLUMNS: Final = ("kind", "purpose", "basis", "kept", "start", "store", "recipients", "security")
_OF_TEXTS: Final = (RecordClass.SMS_LOG, RecordClass.CONSENT_EVIDENCE)
_OWN_PURPOSE: Final = (*_OF_TEXTS, RecordClass.APPLICATION_INFORMATION)
"""Classes to which the purposes of recording do not apply."""


@dataclass(frozen=True, kw_only=True)
class _Telling:
    policy: Policy
    language: str
    say: Words
    blanks: Blanks

    def left(self, what: str) -> str:
        """Return what stands for something to be filled in; the English page notes it for the index."""
        return (
            self.blanks.leave(WHERE, what) if self.language == "en" else f"{BOX} {self.say['blank'].format(what=what)}"
        )


def processing(policy: Policy, shown: str, blanks: Blanks) -> Iterator[Entry]:
    """Return the pages, one for each language of the notice that steward has words for, and the English rows as CSV.

    ``shown`` is what the last statement shows of whether the periods are kept; ``blanks`` notes what is left open.
    """
    spoken = [one for one in LANGUAGES if one == "en" or one in policy.recording.notice]
    for language in spoken:
        telling = _Telling(policy=policy, language=language, say=words(language), blanks=blanks)
        rows = [_row(telling, name, period) for name, period in sorted(policy.retention.items())]
        yield Entry(name=telling.say["file"], content=_page(telling, rows, shown, spoken))
        if language == "en":
            yield Entry(name=CSV, content=as_csv([[telling.say[one] for one in _COLUMNS], *rows]))


def _page(telling: _Telling, rows: Iterable[Sequence[str]], shown: str, spoken: Iterable[str]) -> bytes:
    say, policy = telling.say, telling.policy
    name = policy.council.name
    body = [f"<p>{text(say['intro'].format(council=name, version=policy.council.policy_version))}</p>"]
    for other in (one for one in spoken if one != telling.language):
        link = f'<a href="{words(other)["file"]}" lang="{other}" hreflang="{other}">{text(say["other"])}</a>'
        body.append(f"<p>{link}</p>")
    body.append(table(say["table"], [say[one] for one in _COLUMNS], rows))
    body += _recipients(telling)
    if telling.language == "en":
        body += _beside(telling, shown)
    return page(say["title"].format(council=name), body, telling.language, broad=True)


def _row(telling: _Telling, name: RecordClass, period: Period) -> tuple[str, ...]:
    say, policy = telling.say, telling.policy
    bucket = name in (*S3_RECORD_CLASSES, RecordClass.APPLICATION_INFORMATION)
    regions = ", ".join(policy.region.allowed)
    kind = "object" if bucket else "table"
    return (
        say[name],
        _purpose(telling, name),
        say["consent"] if name is RecordClass.SMS_LOG else telling.left(say["blank_basis"].format(kind=say[name])),
        _kept(say, period, by_rule=bucket and f"start_{name}" not in say),
        say.get(f"start_{name}", say["start_object"]),
        say["store_bucket" if bucket else "store_table"].format(regions=regions),
        "; ".join([*_listed_recipients(telling), say["aws"]]),
        say.get(f"security_{name}", say[f"security_{kind}"]),
    )


def _purpose(telling: _Telling, name: RecordClass) -> str:
    policy, language = telling.policy, telling.language
    if name in _OF_TEXTS and policy.messaging is not None and language == "en":
        return " ".join(policy.messaging.purposes.values())
    found = policy.subject_rights.purposes.get(language) if policy.subject_rights else None
    if name in _OWN_PURPOSE or not found:
        return telling.left(telling.say["blank_purpose"].format(kind=telling.say[name]))
    return found


def _kept(say: Words, period: Period, *, by_rule: bool) -> str:
    if period.source == "council":
        source = say["own_choice"].format(why=period.why)
    else:
        clauses = ", ".join(period.clauses)
        source = say["published"].format(clauses=clauses) if clauses else say["as_published"]
    leaves = say["leaves"].format(days=lifecycle_days(period)) if by_rule else ""
    return "; ".join(filter(None, (say["months"].format(count=period.months), leaves, source)))


def _listed_recipients(telling: _Telling) -> Sequence[str]:
    disclosure = telling.policy.disclosure
    if disclosure is None:
        return ()
    return disclosure.to if telling.language == "en" else (telling.say["those_below"],)


def _recipients(telling: _Telling) -> Iterator[str]:
    """Return who may be given a record. A policy says it in English."""
    say, disclosure = telling.say, telling.policy.disclosure
    yield f"<h2>{text(say['recipients_title'])}</h2>"
    if disclosure is None:
        yield f"<p>{text(say['recipients_none'])}</p>"
        return
    english = "" if telling.language == "en" else ' lang="en"'
    yield f"<div{english}>{listed(disclosure.to)}<p>{text(disclosure.condition)}</p></div>"


def _beside(telling: _Telling, shown: str) -> Iterator[str]:
    policy, left = telling.policy, telling.left
    held = [
        (reason.replace("_", " "), held_for(period), period.why or "as published")
        for reason, period in sorted(policy.holds.reasons.items())
    ]
    yield "<h2>What is kept for longer</h2>"
    yield table("Legal holds, which outrank the periods", ("Reason", "Held for", "Why"), held)
    yield "<h2>Whether it is in fact kept so</h2>"
    yield f"<p>{text(shown)}</p>"
    yield "<h2>What is the same for every record</h2>"
    rights = ", ".join(policy.subject_rights.rights) if policy.subject_rights else ""
    yield facts(
        [
            ("Controller", policy.council.name),
            ("Contact of the controller", left("the address, and of the data protection officer")),
            ("Joint controllers", left("joint controllers, if there are any")),
            ("Processor", f"Amazon Web Services. {left('the reference of its contract')}"),
            ("Transfers", transfers(policy)),
            ("People", "Whoever contacts the contact centre or is called by it, and the staff who answer."),
            ("Special categories and criminal offences", left("what may be said, and the condition for it")),
            ("Rights", rights or left("the rights that people have")),
            ("Decisions by machines", f"Steward makes none about a person. {left('those of other systems')}"),
            ("Not kept at all", ", ".join(telling.say[one].lower() for one in policy.storage.not_kept) or "nothing"),
            ("Owner of this record, and when it was last reviewed", left("the owner and the day of the review")),
        ]
    )
    if policy.declared:
        yield "<h2>What the notice says besides</h2>"
        yield listed(f"{one.clause}: {one.text}" for one in policy.declared)


def transfers(policy: Policy) -> str:
    """Return where data may be, in words."""
    regions = ", ".join(policy.region.allowed)
    return (
        f"The policy allows data in {regions} alone; a deployment elsewhere, or a copy into another region, is refused."
    )
