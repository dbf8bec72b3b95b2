"""Flows within CloudFormation templates, JSON or YAML with its short forms, as people and the CDK write them.

What a template refers to is not known before it is deployed: a reference becomes ``${LogicalId}`` in the flow, which
joins flows that the template deploys together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from flowlint.errors import UnreadableFlowError
from flowlint.reading.json_text import Locate, Place, locate_in, locate_in_string
from flowlint.reading.limits import DEEPEST, DEEPEST_TEMPLATE, LARGEST, MOST_REPEATED

FLOWS = {"AWS::Connect::ContactFlow": "", "AWS::Connect::ContactFlowModule": "MODULE"}
QUALIFIED = {
    "AWS::Connect::ContactFlowModuleAlias": "ContactFlowModuleId",
    "AWS::Connect::ContactFlowModuleVersion": "ContactFlowModuleId",
    "AWS::Connect::ContactFlowVersion": "ContactFlowId",
}
"""Types that stand for another flow, and the property that names it."""

_BRACKET = re.compile(r"[\[\]{}]")
_MARKS = re.compile(rf"(?:[-?:]\s+){{{DEEPEST_TEMPLATE}}}")
_SUB = re.compile(r"\$\{(!?)([^}]+)\}")


@dataclass(frozen=True, slots=True)
class FlowResource:
    """One flow of a template, before it is read as one; ``problem`` says in a line why it cannot be."""

    name: str
    kind: str
    also: frozenset[str]
    content: str = ""
    locate: Locate | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template, with its tree of nodes, which know their places."""

    text: str
    content: Mapping[str, Any]
    root: yaml.Node | None


class _Loader(yaml.CSafeLoader):  # type: ignore[misc] # PyYAML has no types
    """Reads CloudFormation's short forms as what they are short for."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    return {name: value}


_Loader.add_multi_constructor("!", _short_form)
for _tag in ("timestamp", "int", "float"):
    # "2019-10-30" is a version, and not a day; numbers are not needed as such
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda loader, node: loader.construct_scalar(node))


def is_template(content: object) -> bool:
    """Say whether parsed JSON is a CloudFormation template."""
    return isinstance(content, Mapping) and isinstance(content.get("Resources"), Mapping)


def read_template(text: str, source: str) -> Template:
    """Parse a template. Raises UnreadableFlowError, one line, if it is not YAML (JSON is)."""
    loader = None
    try:
        if _may_be_deep(text) and _is_deep(text):
            deep = f"nested too deeply (more than {DEEPEST_TEMPLATE} levels)"
            raise UnreadableFlowError(f"{source}: not a template: {deep}")
        loader = _Loader(text)
        root = loader.get_single_node()
        if _size(root, {}) > MOST_REPEATED:
            raise UnreadableFlowError(
                f"{source}: not a template: its aliases repeat more than {MOST_REPEATED:,} characters"
            )
        content = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1"
        raise UnreadableFlowError(f"{source}: {where}: not YAML: {error.problem or error.context}") from error
    except RecursionError as error:
        raise UnreadableFlowError(f"{source}: not a template: nested too deeply") from error
    except (yaml.YAMLError, ValueError, TypeError, UnicodeError) as error:
        raise UnreadableFlowError(f"{source}: not YAML: {' '.join(str(error).split())[:200]}") from error
    finally:
        if loader is not None:
            loader.dispose()
    return Template(text, content if isinstance(content, Mapping) else {}, root)


def flow_resources(template: Template, source: str) -> Iterator[FlowResource]:
    """Yield the flows and modules of a template."""
    for logical_id, kind, properties in _resources(template):
        if kind not in FLOWS:
            continue
        name = properties.get("Name")
        shown = name if isinstance(name, str) else logical_id
        also = frozenset({logical_id, f"${{{logical_id}}}"})
        node = _node(template.root, "Resources", logical_id, "Properties", "Content")
        place = Place(node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else Place()
        where = f"{source}: line {place.line}: Resources.{logical_id}.Properties.Content"
        flow_type = FLOWS[kind] or (properties["Type"] if isinstance(properties.get("Type"), str) else "")
        try:
            content = _text(properties.get("Content"), where)
        except UnreadableFlowError as error:
            yield FlowResource(shown, flow_type, also, problem=str(error))
            continue
        yield FlowResource(shown, flow_type, also, content, _locate(template, node, place, content))


def aliases_in(template: Template) -> Iterator[tuple[str, str]]:
    """Yield the versions and aliases of a template, each with the logical id of what it stands for."""
    for logical_id, kind, properties in _resources(template):
        if kind in QUALIFIED:
            meant = _text_or_nothing(properties.get(QUALIFIED[kind]))
            found = re.fullmatch(r"\$\{([A-Za-z0-9]+)[^}]*\}", meant)
            if found:
                yield logical_id.lower(), found[1].lower()


def _resources(template: Template) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    resources = template.content.get("Resources")
    for logical_id, resource in resources.items() if isinstance(resources, Mapping) else ():
        if isinstance(resource, Mapping):
            properties = resource.get("Properties")
            yield str(logical_id), str(resource.get("Type")), properties if isinstance(properties, Mapping) else {}


def _text_or_nothing(value: object) -> str:
    try:
        return _text(value, "")
    except UnreadableFlowError:
        return ""


def _text(value: object, where: str, depth: int = 0) -> str:
    """Return the text that an expression stands for, with a reference as ``${LogicalId}``."""
    if isinstance(value, str):
        return value
    if depth > DEEPEST or not isinstance(value, Mapping) or len(value) != 1:
        raise UnreadableFlowError(f"{where}: neither text nor a function that makes one")
    [(function, argument)] = value.items()
    match function:
        case "Ref":
            return f"${{{argument}}}"
        case "Fn::GetAtt":
            logical_id = argument[0] if isinstance(argument, list) and argument else str(argument).split(".")[0]
            return f"${{{logical_id}}}"
        case "Fn::Sub":
            return _substituted(argument, where, depth)
        case "Fn::Join" if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):  # noqa: PLR2004
            return str(argument[0]).join(_within_limit((_text(each, where, depth + 1) for each in argument[1]), where))
        case "Fn::ImportValue" | "Fn::Select" | "Fn::FindInMap" | "Fn::If":
            return f"${{{str(function).partition('::')[2]}}}"
        case _:
            raise UnreadableFlowError(f"{where}: {function} is not known here")


def _substituted(argument: object, where: str, depth: int) -> str:
    values: Mapping[str, Any] = {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], Mapping):  # noqa: PLR2004
        argument, values = argument
    if not isinstance(argument, str):
        raise UnreadableFlowError(f"{where}: Fn::Sub without text")
    put = {name: _text(values[name], where, depth + 1) for name in _named(argument) if name in values}

    def parts() -> Iterator[str]:
        last = 0
        for found in _SUB.finditer(argument):
            name = found[2].strip()
            yield argument[last : found.start()]
            if found[1]:
                yield f"${{{found[2]}}}"
            else:
                yield put.get(name, f"${{{name if '::' in name else name.split('.')[0]}}}")
            last = found.end()
        yield argument[last:]

    return "".join(_within_limit(parts(), where))


def _named(text: str) -> set[str]:
    return {found[2].strip() for found in _SUB.finditer(text) if not found[1]}


def _within_limit(parts: Iterable[str], where: str) -> Iterator[str]:
    """Pass texts on, as long as they are no more together than a flow may be: functions repeat what is written once."""
    room = LARGEST
    for part in parts:
        room -= len(part)
        if room < 0:
            raise UnreadableFlowError(f"{where}: makes a text of more than {LARGEST:,} characters")
        yield part


def _may_be_deep(text: str) -> bool:
    """Tell soon whether a text could be nested deeply: by brackets, or by marks of lists and keys in one line."""
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found[0] in "[{" else -1
        if depth > DEEPEST_TEMPLATE:
            return True
    return _MARKS.search(text) is not None


def _is_deep(text: str) -> bool:
    """Tell whether it is, by events, which are read without going deep: making nodes of them would end the process.

    libyaml's binding composes nodes in C, a call within a call, and nothing there looks at the stack.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_TEMPLATE:
            return True
    return False


def _size(node: yaml.Node | None, known: dict[int, int]) -> int:
    """Return how many characters a node has, with what its aliases repeat; one that is within itself counts once."""
    if node is None:
        return 0
    if id(node) not in known:
        known[id(node)] = 0
        if isinstance(node, yaml.MappingNode):
            known[id(node)] = 1 + sum(_size(key, known) + _size(value, known) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            known[id(node)] = 1 + sum(_size(each, known) for each in node.value)
        else:
            known[id(node)] = 1 + len(node.value)
    return known[id(node)]


def _node(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if getattr(name, "value", None) == key), None)
    return node


def _locate(template: Template, node: yaml.Node | None, place: Place, content: str) -> Locate:
    """Return how to find an offset of the content in the file: exactly, if the content stands there as it is."""
    if isinstance(node, yaml.ScalarNode) and node.style == '"' and not node.tag.startswith("!"):
        offset = _offset(template.text, place)
        return locate_in_string(template.text, offset, locate_in(template.text))
    if isinstance(node, yaml.ScalarNode) and node.style == "|":
        inner = locate_in(content)
        lines = template.text.splitlines()
        first = lines[place.line] if place.line < len(lines) else ""
        indent = len(first) - len(first.lstrip())

        def within(offset: int) -> Place:
            found = inner(offset)
            return Place(place.line + found.line, indent + found.column)

        return within
    return lambda _offset: place


def _offset(text: str, place: Place) -> int:
    offset = 0
    for _ in range(place.line - 1):
        offset = text.index("\n", offset) + 1
    return offset + place.column - 1
