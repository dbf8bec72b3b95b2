"""All rules, and the checks that find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flowlint.findings import Finding, Severity
from flowlint.rules import logs, notice, structure, transfers, values, voices
from flowlint.rules.card_data import cards, pauses
from flowlint.rules.rule import Rule, Subject
from flowlint.rules.service import parameters, refused

UNUSED = Rule(
    code="U901",
    name="unused-suppression",
    severity=Severity.WARNING,
    title="a suppression suppresses nothing",
    why="What it allowed is gone, or was renamed; if it comes back it would be allowed unseen.",
    fix="Remove the suppression from flowlint.toml, or name what it is about.",
)

CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    structure.check,
    refused.check,
    parameters.check,
    pauses.check,
    cards.check,
    transfers.check,
    notice.check,
    logs.check,
    voices.check,
    values.check,
)

RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *refused.RULES,
    *pauses.RULES,
    *cards.RULES,
    *transfers.RULES,
    *notice.RULES,
    *logs.RULES,
    *voices.RULES,
    *values.RULES,
    UNUSED,
)


def find_rule(name: str) -> Rule | None:
    """Return the rule of that code or name, in any case."""
    return next((rule for rule in RULES if name.lower() in (rule.code.lower(), rule.name)), None)
