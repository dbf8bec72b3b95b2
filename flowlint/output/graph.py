"""A picture of the way to a finding, as Mermaid: what GitHub, GitLab and editors draw."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from flowlint.document import Action, Flow
from flowlint.findings import Finding, Step
from flowlint.meaning.text import first_words

MOST_BESIDE = 12


def as_mermaid(finding: Finding, flows: Iterable[Flow]) -> str:
    """Return the way to a finding, the branch that each step takes, and where the other branches would have led."""
    by_title: Mapping[str, Flow] = {flow.title: flow for flow in flows}
    steps = finding.path or (Step(finding.flow or finding.file, finding.action),)
    lines = [
        "---",
        f"title: {json.dumps(_plain(f'{finding.code} {finding.rule}: {finding.action}'))}",
        "---",
        "flowchart TD",
    ]
    lines += [f"  s{place}[{_box(by_title, step)}]" for place, step in enumerate(steps)]
    lines += [
        f"  s{place} -->|{_quoted(_branch(by_title, here, there))}| s{place + 1}"
        for place, (here, there) in enumerate(pairwise(steps))
    ]
    lines += _beside(by_title, steps)
    lines.append(f"  class s{len(steps) - 1} found")
    lines.append("  classDef found fill:#b3261e,color:#ffffff,stroke:#601410,stroke-width:3px")
    lines.append("  classDef beside fill:#f4f4f4,color:#444444,stroke-dasharray:4")
    return "\n".join(lines)


def _box(flows: Mapping[str, Flow], step: Step) -> str:
    action = _action(flows, step)
    if action is None:
        return _quoted(step.action)
    words = first_words(action, 30)
    return _quoted("<br/>".join(part for part in (step.action, action.type, words) if part))


def _branch(flows: Mapping[str, Flow], here: Step, there: Step) -> str:
    action = _action(flows, here)
    if action is None:
        return ""
    labels = [branch.label for branch in action.branches if branch.target == there.action]
    return labels[0] if labels else "enters"


def _beside(flows: Mapping[str, Flow], steps: Sequence[Step]) -> list[str]:
    lines: list[str] = []
    for place, step in enumerate(steps[:-1]):
        action = _action(flows, step)
        for branch in action.branches if action else ():
            if branch.target and branch.target != steps[place + 1].action and len(lines) < 2 * MOST_BESIDE:
                node = f"o{len(lines) // 2}"
                lines.append(f"  {node}[{_quoted(branch.target)}]:::beside")
                lines.append(f"  s{place} -.->|{_quoted(branch.label)}| {node}")
    return lines


def _action(flows: Mapping[str, Flow], step: Step) -> Action | None:
    flow = flows.get(step.flow)
    return flow.actions.get(step.action) if flow else None


def _plain(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    escaped = _plain(text).replace("&", "&amp;").replace('"', "&quot;").replace("<br/>", "\0")
    return '"' + escaped.replace("<", "&lt;").replace(">", "&gt;").replace("\0", "<br/>") + '"'
