"""The page of a rule, written from the rule itself and its examples."""

from __future__ import annotations

import json

from flowlint.catalogue import action_types
from flowlint.rules.examples import EXAMPLES
from flowlint.rules.examples.builders import Json
from flowlint.rules.register import RULES
from flowlint.rules.rule import Rule

MOST_SHOWN, SHOWN_OF_MORE = 12, 2


def page(rule: Rule) -> str:
    """Return the rule's page as Markdown, with a flow that it finds and one that it does not."""
    lines = [
        f"# {rule.code} {rule.name}",
        "",
        f"*{rule.severity.value.capitalize()}:* {rule.title}.",
        "",
        rule.why,
        "",
        f"**What to do.** {rule.fix}",
        "",
    ]
    if rule.source:
        lines += [f"Source: <{rule.source}>", ""]
    example = EXAMPLES.get(rule.code)
    if example is not None:
        lines += ["## Found", "", *_shown(example.bad), "", "## Not found", "", *_shown(example.good), ""]
        if example.settings:
            lines += ["with `flowlint.toml`:", "", "```toml", example.settings.strip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _shown(flow: Json) -> list[str]:
    actions = flow.get("Actions", [])
    if len(actions) <= MOST_SHOWN:
        return ["```json", json.dumps(flow, indent=2, ensure_ascii=False), "```"]
    shown = flow | {"Actions": actions[:SHOWN_OF_MORE]}
    rest = f"… and {len(actions) - SHOWN_OF_MORE} more actions."
    return ["```json", json.dumps(shown, indent=2, ensure_ascii=False), "```", "", rest]


def index() -> str:
    """Return the list of all rules as a Markdown table, each with a link to its page."""
    lines = ["| rule | severity | what is wrong |", "|---|---|---|"]
    lines += [
        f"| [{rule.code} {rule.name}]({file_name(rule)}) | {rule.severity.value} | {rule.title} |" for rule in RULES
    ]
    return "\n".join(lines) + "\n"


def catalogue() -> str:
    """Return the list of all action types that are known, each with its source and the day on which it was read."""
    lines = ["| type | after success | error branches | read | on a live instance |", "|---|---|---|---|---|"]
    for name, known in action_types().items():
        probed = known.probed.isoformat() if known.probed else ""
        errors = ", ".join((*known.errors, *(f"({error})" for error in (*known.advised, *known.may))))
        read = known.read.isoformat()
        lines.append(f"| [{name}]({known.source}) | {known.success.value} | {errors} | {read} | {probed} |")
    return "\n".join(lines) + "\n"


def file_name(rule: Rule) -> str:
    """Return the name of the file that holds a rule's page."""
    return f"{rule.code}-{rule.name}.md"
