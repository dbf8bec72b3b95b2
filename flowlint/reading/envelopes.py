"""What a file may hold: an export, an answer of describe-contact-flow, a CloudFormation template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flowlint.document import Flow, flow_of
from flowlint.errors import OldFormatError, UnreadableFlowError
from flowlint.reading.cloudformation import FlowResource, aliases_in, flow_resources, is_template, read_template
from flowlint.reading.json_text import Place, loads, locate_in, locate_in_string, places

ANSWERS = {"ContactFlow": "", "ContactFlowModule": "MODULE"}
"""The members of describe-contact-flow's and describe-contact-flow-module's answers, and the type that they imply."""


@dataclass(slots=True)
class Contents:
    """The flows of one file."""

    flows: list[Flow] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def contents_of(text: str, *, source: str) -> Contents | None:
    """Return what a text holds, or None if it is well-formed and holds no flow.

    Raises UnreadableFlowError or OldFormatError if nothing of it can be read.
    """
    if source.lower().endswith((".yaml", ".yml")) or not _is_json(text):
        return _template(text, source)
    content = loads(text, source)
    if is_template(content):
        return _template(text, source)
    answers = list(_answers(content))
    if answers:
        return _described(text, source, answers)
    if isinstance(content, Mapping) and ("Actions" in content or "modules" in content or not content):
        return Contents([_with_kind(flow_of(content, text, source=source, locate=locate_in(text)), content)])
    if isinstance(content, Mapping) and "Version" in content and "StartAction" in content:
        return Contents([flow_of(content, text, source=source, locate=locate_in(text))])
    return None


def _is_json(text: str) -> bool:
    """Say whether a text means to be JSON; everything that begins otherwise is taken for YAML."""
    begun = text.lstrip()[:1]
    return begun in ("{", "[", '"', "") or not _looks_like_yaml(text)


def _looks_like_yaml(text: str) -> bool:
    return any(
        line.rstrip().startswith(("Resources:", "AWSTemplateFormatVersion", "---")) for line in text.splitlines()
    )


def _with_kind(flow: Flow, content: Mapping[str, Any]) -> Flow:
    """Add the type that the designer's exports name in their metadata."""
    metadata = content.get("Metadata")
    kind = metadata.get("type") if isinstance(metadata, Mapping) else None
    return replace(flow, kind=_DESIGNER_KINDS.get(kind, "") if isinstance(kind, str) else "")


_DESIGNER_KINDS = {
    "contactFlow": "CONTACT_FLOW",
    "customerQueue": "CUSTOMER_QUEUE",
    "customerHold": "CUSTOMER_HOLD",
    "customerWhisper": "CUSTOMER_WHISPER",
    "agentHold": "AGENT_HOLD",
    "agentWhisper": "AGENT_WHISPER",
    "outboundWhisper": "OUTBOUND_WHISPER",
    "agentTransfer": "AGENT_TRANSFER",
    "queueTransfer": "QUEUE_TRANSFER",
    "module": "MODULE",
}


def _answers(
    content: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any], str]]:
    """Yield the described flows of an answer, or of a list of answers."""
    if isinstance(content, list):
        for place, each in enumerate(content):
            if isinstance(each, Mapping):
                yield from _answers(each, (*path, place))
        return
    if not isinstance(content, Mapping):
        return
    for member, kind in ANSWERS.items():
        described = content.get(member)
        if isinstance(described, Mapping) and isinstance(described.get("Content"), str):
            yield (*path, member), described, kind
    if isinstance(content.get("Content"), str) and "Arn" in content:
        yield (
            path,
            content,
            "MODULE" if ":flow-module/" in str(content["Arn"]) or "/flow-module/" in str(content["Arn"]) else "",
        )


def _described(text: str, source: str, answers: list[tuple[tuple[str | int, ...], Mapping[str, Any], str]]) -> Contents:
    found, outer = Contents(), locate_in(text)
    where = places(text)
    for path, described, kind in answers:
        literal = where.get((*path, "Content"), 0)
        names = [str(described[key]) for key in ("Id", "Arn") if described.get(key)]
        resource = FlowResource(
            name=str(described.get("Name") or ""),
            kind=kind or str(described.get("Type") or ""),
            also=frozenset(names),
            content=str(described["Content"]),
            locate=locate_in_string(text, literal, outer),
        )
        _add(found, resource, source)
    return found


def _template(text: str, source: str) -> Contents | None:
    template = read_template(text, source)
    resources = list(flow_resources(template, source))
    if not resources:
        return None
    found = Contents(aliases=dict(aliases_in(template)))
    for resource in resources:
        if resource.problem:
            found.refused.append(resource.problem)
        else:
            _add(found, resource, source)
    return found


def _add(found: Contents, resource: FlowResource, source: str) -> None:
    """Read the flow that an envelope holds; one that cannot be read never stops the others."""
    called = f"{source}: {resource.name or 'Content'}"
    place = resource.locate(0) if resource.locate else Place()
    try:
        content = loads(resource.content, called)
        flow = flow_of(content, resource.content, source=called, locate=resource.locate)
    except OldFormatError:
        found.refused.append(f"{called}: line {place.line}: an export of the older designer, not flow language")
    except UnreadableFlowError as error:
        found.refused.append(str(error))
    else:
        found.flows.append(
            replace(flow, file=source, name=resource.name or flow.name, kind=resource.kind, also=resource.also)
        )
