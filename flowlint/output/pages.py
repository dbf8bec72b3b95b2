"""The page of a rule, written from the rule itself and its examples."""

from __future__ import annotations

import json

from flowlint.rules.examples import EXAMPLES
from flowlint.rules.rule import Rule


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


def _shown(flow: object) -> list[str]:
    return ["```json", json.dumps(flow, indent=2, ensure_ascii=False), "```"]
