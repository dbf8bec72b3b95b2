"""All rules over flows that are given together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from flowlint.document import Flow
from flowlint.findings import Finding
from flowlint.linking.program import Program
from flowlint.rules.register import CHECKS, RULES, UNUSED
from flowlint.rules.rule import Subject
from flowlint.rules.service.refused import OLD_FORMAT
from flowlint.settings import Settings, Suppression, matches

if TYPE_CHECKING:
    from collections.abc import Sequence

OLDER = (
    "this is the contact-flow designer's older export format (modules with branches), not flow language "
    "2019-10-30: import it into the present designer and export it again"
)


def lint(
    flows: Iterable[Flow], settings: Settings | None = None, aliases: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Yield the findings of flows that are joined where one leads to another, each as soon as it is found.

    What the settings do not select, or suppress, is left out; suppressions that were not used are findings at the end.
    """
    settings = settings or Settings()
    subject = Subject(Program(flows, aliases), settings)
    return chosen((finding for check in CHECKS for finding in check(subject)), settings)


def chosen(findings: Iterable[Finding], settings: Settings, file: str = "flowlint.toml") -> Iterator[Finding]:
    """Yield each finding once, as the settings want it."""
    said: set[tuple[object, ...]] = set()
    used: set[Suppression] = set()
    for finding in findings:
        told = _told(finding, settings)
        key = (finding.file, finding.flow, finding.action, finding.code, "" if finding.path else finding.reason)
        if told is None or key in said:
            continue
        said.add(key)
        covering = [each for each in settings.suppress if each.covers(told)]
        used.update(covering)
        if not covering:
            yield told
    for each in settings.suppress:
        if each not in used:
            reason = f"the suppression of {each.rule} for flow {each.flow!r}, action {each.action!r} suppresses nothing"
            unused = Finding(file=file, code=UNUSED.code, rule=UNUSED.name, severity=UNUSED.severity, reason=reason)
            if (told := _told(unused, settings)) is not None:
                yield told


def lint_flow(flow: Flow) -> list[Finding]:
    """Return the findings of one flow by itself, gravest first, then in the order of the file's actions."""
    return in_order(lint([flow]), [flow])


def in_order(findings: Iterable[Finding], flows: Sequence[Flow] = ()) -> list[Finding]:
    """Sort findings: gravest first, then by file and place."""
    order = {(flow.file, identifier): place for flow in flows for place, identifier in enumerate(flow.actions)}
    return sorted(
        findings,
        key=lambda each: (each.severity.rank, each.file, order.get((each.file, each.action), -1), each.line, each.code),
    )


def old_format(file: str) -> Finding:
    """Return the finding about a file of the older export format."""
    return Finding(file=file, code=OLD_FORMAT.code, rule=OLD_FORMAT.name, severity=OLD_FORMAT.severity, reason=OLDER)


def known_rules() -> frozenset[str]:
    """Return the codes and names of all rules."""
    return frozenset(name for rule in RULES for name in (rule.code, rule.name))


def _told(finding: Finding, settings: Settings) -> Finding | None:
    names = (finding.code, finding.rule)

    def named(given: Iterable[str]) -> bool:
        return any(matches(each, name) for each in given for name in names)

    if (settings.select and not named(settings.select)) or named(settings.ignore):
        return None
    for given, severity in settings.severity.items():
        if named([given]):
            return msgspec.structs.replace(finding, severity=severity)
    return finding
