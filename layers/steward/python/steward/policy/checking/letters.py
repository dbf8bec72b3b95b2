"""Whether the letters about people's requests are complete: every kind, every language, every value and route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import Formatter

from steward.policy.checking.findings import Finding, error
from steward.policy.duties import SubjectRights
from steward.policy.letters import NEEDED, OPTIONAL, VALUES, LetterKind

_PATH = "subject_rights.letters"


def letter_findings(rights: SubjectRights, languages: Iterable[str]) -> Iterator[Finding]:
    """Yield what is wrong with the letters of a council whose notice is given in those languages."""
    needed = tuple(languages)
    if rights.purposes:
        yield from _languages("subject_rights.purposes", rights.purposes, needed)
    if rights.routes is not None:
        for name in ("council", "commissioner", "court"):
            yield from _languages(f"subject_rights.routes.{name}", getattr(rights.routes, name), needed)
    if rights.letters is None:
        return
    if rights.routes is None:
        yield error("subject_rights.routes", "is missing: letters name the council, the Commissioner and the court")
    for kind in LetterKind:
        texts = rights.letters.texts(kind)
        if kind in OPTIONAL and not texts:
            continue
        yield from _languages(f"{_PATH}.{kind}", texts, needed)
        for language, body in texts.items():
            yield from _values(f"{_PATH}.{kind}.{language}", kind, body)


def _values(path: str, kind: LetterKind, body: str) -> Iterator[Finding]:
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(body) if name is not None]
    except ValueError:
        yield error(path, "has a { or } without its partner")
        return
    used = {name for name, _, _ in fields}
    for name, spec, conversion in fields:
        if name not in VALUES or spec or conversion:
            yield error(path, f"{{{name}}} is no value of a letter: {', '.join(sorted(VALUES))}")
    for name in sorted(NEEDED[kind] - used):
        yield error(path, f"does not say {{{name}}}")


def _languages(path: str, texts: Iterable[str], languages: Iterable[str]) -> Iterator[Finding]:
    for language in languages:
        if language not in texts:
            yield error(f"{path}.{language}", "is missing: the notice is given in that language")
