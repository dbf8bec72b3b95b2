"""What Connect refuses in the parameters and conditions of an action. The rules' texts stand in ``refused``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flowlint.catalogue import ActionType, is_true, meant, type_of
from flowlint.document import Action, Flow
from flowlint.findings import Finding, Severity
from flowlint.rules.rule import Subject
from flowlint.rules.service.refused import CONDITION, MISSING_PARAMETER, PARAMETER, TIME_LIMIT

LONGEST_INVOCATION_SECONDS = 8
"""https://docs.aws.amazon.com/connect/latest/APIReference/interactions-invokelambdafunction.html"""

_DYNAMIC = re.compile(r"^\s*\$\.|\$\{|\{\{")
_KEY = re.compile(r"^[0-9#*]$")


def check(subject: Subject) -> Iterator[Finding]:
    """Yield parameters and conditions that Connect does not take."""
    for flow in subject.program.flows:
        for action in flow.actions.values():
            known = type_of(action)
            if known is not None:
                yield from _given(flow, action, known)
                yield from _together(flow, action, known)
                yield from _conditions(flow, action, known)
            yield from _of_type(flow, action)


def _given(flow: Flow, action: Action, known: ActionType) -> Iterator[Finding]:
    for name in known.required:
        if name not in action.parameters:
            yield MISSING_PARAMETER.at(
                flow, action, f"{action.type} needs the parameter {name}", within=("Parameters",)
            )
    if known.parameters is None:
        return
    for name, value in action.parameters.items():
        within = ("Parameters", name)
        if name not in known.shapes:
            yield _unknown(flow, action, known, name)
            continue
        problem = _problem(known.shapes[name], value)
        if problem:
            yield PARAMETER.at(flow, action, f"{name} is {_shown(value)}; {problem}", within=within)


def _unknown(flow: Flow, action: Action, known: ActionType, name: str) -> Finding:
    within = ("Parameters", name)
    if not known.shapes:
        return PARAMETER.at(flow, action, f"{action.type} takes no parameters, and it has {name}", within=within)
    near = meant(name, tuple(known.shapes))
    if near:
        return PARAMETER.at(flow, action, f"there is no parameter {name}: did you mean {near}?", within=within)
    reason = f"the parameter {name} is not known here for {action.type}"
    return PARAMETER.at(flow, action, reason, within=within, severity=Severity.NOTE)


def _problem(shape: str, value: object) -> str:
    """Return what is wrong with a value, or nothing."""
    kind, _, bounds = shape.partition(":")
    if kind == "any":
        return ""
    if kind == "single":
        return "" if isinstance(value, Mapping) and len(value) == 1 else "it must be an object with one entry"
    if kind in ("object", "list"):
        expected = Mapping if kind == "object" else list
        return "" if isinstance(value, expected) else f"it must be {'an object' if kind == 'object' else 'a list'}"
    if not isinstance(value, str):
        return "it must be text"
    return "" if _DYNAMIC.search(value) else _problem_of_text(kind, bounds, value)


def _problem_of_text(kind: str, bounds: str, value: str) -> str:
    match kind:
        case "truth":
            return "" if value in ("True", "False") else 'it must be "True" or "False"'
        case "one":
            allowed = bounds.split("|")
            return "" if value in allowed else f"it must be one of {', '.join(allowed)}"
        case "number":
            least, most = (int(bound) for bound in bounds.split("-"))
            return "" if _is_within(value, least, most) else f"it must be a whole number from {least} to {most}"
        case "reference":
            return "it must be a JSONPath, such as $.Attributes.number"
        case "arn":
            return "" if value.startswith("arn:") else "it must be an ARN"
        case _:
            return ""


def _is_within(value: str, least: int, most: int) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= len(str(most)) and least <= int(value) <= most


def _together(flow: Flow, action: Action, known: ActionType) -> Iterator[Finding]:
    for names, needed in ((known.one_of, True), (known.at_most_one_of, False)):
        given = [name for name in names if action.parameters.get(name) not in (None, "")]
        if len(given) > 1:
            reason = f"{' and '.join(given)} exclude each other: give one"
            yield PARAMETER.at(flow, action, reason, within=("Parameters", given[1]))
        elif names and needed and not given:
            yield MISSING_PARAMETER.at(
                flow, action, f"{action.type} needs one of {', '.join(names)}", within=("Parameters",)
            )


def _conditions(flow: Flow, action: Action, known: ActionType) -> Iterator[Finding]:
    found = [
        str(operand)
        for branch in action.conditions
        for operand in ((branch.condition.operands or ()) if branch.condition else ())
    ]
    if known.conditions:
        for missing in (name for name in known.conditions if name not in found):
            reason = f"{action.type} has a result {missing}, and no condition takes it"
            yield CONDITION.at(flow, action, reason, within=("Transitions",))
        for other in (name for name in found if name not in known.conditions):
            reason = f"{action.type} never has a result {other!r}"
            yield CONDITION.at(flow, action, reason, within=("Transitions", "Conditions"))
    if known.needs_condition and not action.conditions:
        yield CONDITION.at(flow, action, f"{action.type} needs a condition", within=("Transitions",))
    if known.success.value == "next" and action.conditions and known.parameters is not None:
        reason = f"{action.type} takes no conditions here"
        yield CONDITION.at(flow, action, reason, within=("Transitions", "Conditions"))


def _of_type(flow: Flow, action: Action) -> Iterator[Finding]:
    match action.type:
        case "GetParticipantInput":
            yield from _input(flow, action)
        case "InvokeLambdaFunction":
            yield from _time_limit(flow, action)
        case "UpdateContactRecordingBehavior":
            yield from _recording(flow, action)


def _input(flow: Flow, action: Action) -> Iterator[Finding]:
    parameters = action.parameters
    if "EnableDTMFBuffer" in parameters:
        return
    if is_true(parameters.get("StoreInput")):
        validation = parameters.get("InputValidation")
        if not isinstance(validation, Mapping) or not validation:
            reason = "an entry that is stored needs InputValidation"
            yield MISSING_PARAMETER.at(flow, action, reason, within=("Parameters",))
            return
        custom = validation.get("CustomValidation")
        longest = custom.get("MaximumLength") if isinstance(custom, Mapping) else None
        if longest is not None and not (isinstance(longest, str) and longest.isascii() and longest.isdigit()):
            reason = f"MaximumLength is {_shown(longest)}; it must be decimal digits, as text"
            yield PARAMETER.at(flow, action, reason, within=("Parameters", "InputValidation"))
        return
    for branch in action.conditions:
        for operand in (branch.condition.operands or ()) if branch.condition else ():
            if not _KEY.match(str(operand)) and not _DYNAMIC.search(str(operand)):
                reason = f"a menu takes one key, and {_shown(operand)} is none"
                if len(str(operand)) > 1 and not str(operand).isdigit():
                    continue  # the words of a chat
                yield CONDITION.at(flow, action, reason, within=branch.path)


def _time_limit(flow: Flow, action: Action) -> Iterator[Finding]:
    limit = str(action.parameters.get("InvocationTimeLimitSeconds", "")).strip()
    if not _is_within(limit, 1, LONGEST_INVOCATION_SECONDS):
        reason = f"InvocationTimeLimitSeconds is {limit[:20]!r}; it must be a whole number of seconds from 1 to 8"
        yield TIME_LIMIT.at(flow, action, reason, within=("Parameters", "InvocationTimeLimitSeconds"))


def _recording(flow: Flow, action: Action) -> Iterator[Finding]:
    behaviour = action.parameters.get("RecordingBehavior")
    if not isinstance(behaviour, Mapping):
        return
    within = ("Parameters", "RecordingBehavior")
    known = ("RecordedParticipants", "ScreenRecordedParticipants", "IVRRecordingBehavior")
    for name in behaviour:
        if name not in known:
            near = meant(str(name), known)
            hint = f": did you mean {near}?" if near else ""
            yield PARAMETER.at(flow, action, f"RecordingBehavior has no {name}{hint}", within=(*within, str(name)))
    if "RecordedParticipants" not in behaviour and "IVRRecordingBehavior" not in behaviour:
        yield MISSING_PARAMETER.at(flow, action, "RecordingBehavior needs RecordedParticipants", within=within)
    participants = behaviour.get("RecordedParticipants")
    if participants is not None and not (
        isinstance(participants, list) and all(each in ("Agent", "Customer") for each in participants)
    ):
        reason = f"RecordedParticipants is {_shown(participants)}; it must be a list of Agent and Customer"
        yield PARAMETER.at(flow, action, reason, within=(*within, "RecordedParticipants"))
    ivr = behaviour.get("IVRRecordingBehavior")
    if ivr is not None and ivr not in ("Enabled", "Disabled"):
        reason = f"IVRRecordingBehavior is {_shown(ivr)}; it must be Enabled or Disabled"
        yield PARAMETER.at(flow, action, reason, within=(*within, "IVRRecordingBehavior"))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - enough to know it again
