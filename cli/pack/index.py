"""The first page of a pack: what is in it, whether the statements are what was signed, and what is left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cli.pack import accountability, impact, open_findings, records
from cli.pack.given import DRIFT, MONTHS, Drift, Month
from cli.pack.words import LANGUAGES, words
from cli.wording import counted
from steward.archive import Entry
from steward.evidence.statement.page import SENTENCES
from steward.policy.model import Policy
from steward.rights.html import facts, page, table, text, verdict

NAME: Final = "index.html"
NO_STATEMENT: Final = "Not shown: no statement that is as it was signed was given."

_SIGNED: Final = {
    True: (
        "<code>envelope.json</code> is signed over it with the council's key for statements: "
        "<code>steward verify-pack</code> says whether this is the pack that was signed."
    ),
    False: (
        "<strong>This pack is not signed.</strong> Whoever made it can say the manifest's own digest, which the "
        "command printed."
    ),
}
_SAID: Final = {
    records.CSV: "Records of processing, for a spreadsheet",
    impact.NAME: "Data protection impact assessment: what the system knows",
    accountability.NAME: "Accountability: each promise, what keeps it, and where that is seen",
    accountability.CSV: "Accountability, for a spreadsheet, with the names of the tests",
    open_findings.NAME: "What differs from what was deployed",
    DRIFT: "What differs, as steward drift answered",
    "policy.toml": "The policy",
    "public-wording.md": "The public wording, as it follows from the policy",
}


def index(
    policy: Policy,
    *,
    environment: str,
    months: Sequence[Month] | None,
    drift: tuple[Drift, Entry] | None,
    signed: bool,
    left: Sequence[tuple[str, str]],
    entries: Sequence[Entry],
) -> Entry:
    """Return the page; ``left`` are the places to fill in, ``entries`` the other files but the manifest."""
    council = policy.council
    body = [
        (
            f"<p><strong>{text(council.name)}</strong>, environment {text(environment)}, version "
            f"{text(council.policy_version)} of the policy.</p>"
        ),
        verdict(*_verdict(months, drift, left)),
        "<h2>What is in this pack</h2>",
        f"<ul>{''.join(_links(entries))}</ul>",
        f"<p><code>manifest.json</code> has the SHA-256 digest of every file, and of this page. {_SIGNED[signed]}</p>",
        "<h2>Statements</h2>",
        *_statements(months),
        "<h2>Open findings</h2>",
        f"<p>{text(open_findings.summary(drift[0]) if drift else 'Not shown: no comparison was given.')}</p>",
        "<h2>What a person has to fill in</h2>",
        table("Left open, by document", ("Document", "To be filled in"), left),
    ]
    return Entry(name=NAME, content=page(f"Accountability pack: {council.name}", body, broad=True))


def _verdict(
    months: Sequence[Month] | None, drift: tuple[Drift, Entry] | None, left: Sequence[object]
) -> tuple[str, list[str]]:
    """Return whether anything is wrong in what was given. What was not given, or is not shown, is never a pass."""
    good = [one for one in months or () if one.good]
    sentences = list(good[-1].sentences.values()) if good else ["not_shown"]
    lines = [
        _of_statements(months),
        latest(months),
        open_findings.summary(drift[0]) if drift else "What is live was not compared for this pack.",
        f"{counted(len(left), 'place')} to be filled in by a person.",
    ]
    if len(good) < len(months or ()):
        return "✗ Not every statement is there as it was signed.", lines
    if False in sentences or (drift and open_findings.alarming(drift[0])):
        return "✗ Something is not as it was promised.", lines
    if "not_shown" in sentences or drift is None or not open_findings.whole(drift[0]):
        return "? Not everything is shown.", lines
    return "✓ Nothing is wrong in what was given.", lines


def _of_statements(months: Sequence[Month] | None) -> str:
    if months is None:
        return "No statement is in this pack."
    good = sum(one.good for one in months)
    return f"{good} of {counted(len(months), 'statement')} as they were signed."


def latest(months: Sequence[Month] | None) -> str:
    """Return what the latest statement that is as it was signed says of the three sentences."""
    good = [one for one in months or () if one.good]
    if not good:
        return NO_STATEMENT
    said = "; ".join(f"{SENTENCES.get(name, name)}: {_value(value)}" for name, value in good[-1].sentences.items())
    return f"The statement of {good[-1].period} says: {said}."


def _value(value: object) -> str:
    marks = {True: "✓ true", False: "✗ false"}
    return marks[value] if isinstance(value, bool) else "? not shown"


def _links(entries: Sequence[Entry]) -> Iterator[str]:
    pages: Mapping[str, str] = {words(one)["file"]: one for one in LANGUAGES}
    for entry in entries:
        name = entry.name
        if name in pages:
            said = words(pages[name])["title"].partition(":")[0]
            language = "" if pages[name] == "en" else f' lang="{pages[name]}" hreflang="{pages[name]}"'
            yield f'<li><a href="{text(name)}"{language}>{text(said)}</a></li>'
        elif name in _SAID:
            yield f'<li><a href="{text(name)}">{text(_SAID[name])}</a></li>'
        elif name.endswith(".html"):
            yield f'<li><a href="{text(name)}">Statement of {text(name.split("/")[1])}</a></li>'


def _statements(months: Sequence[Month] | None) -> Iterator[str]:
    if months is None:
        yield "<p>Not shown: none was given.</p>"
        return
    if len(months) < MONTHS:
        yield f"<p>The statement of {text(months[0].period)} was the first.</p>"
    yield table(
        "The last months, the latest last",
        ("Month", "As it was signed", "What it says"),
        [(one.period, _signed(one), _says(one)) for one in months],
    )
    keys = list(dict.fromkeys(one.key for one in months if one.key))
    yield facts(("Signed with the key", key) for key in keys)
    if len(keys) > 1:
        yield f"<p><strong>They are signed with {len(keys)} keys.</strong> Ask why the key was changed.</p>"


def _signed(one: Month) -> str:
    return "✓ yes" if one.good else f"✗ no: {'; '.join(one.problems)}"


def _says(one: Month) -> str:
    if not one.good:
        return "not shown"
    return "; ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in one.sentences.items())
