"""What Connect refuses to take: identifiers, counts, types, branches, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlint.catalogue import CATCH_ALL, ActionType, Success, action_types, meant_type, type_of
from flowlint.document import Action, Flow
from flowlint.findings import Finding, Severity
from flowlint.linking.program import ENDLESS, qualifier
from flowlint.rules.rule import Rule, Subject

ACTIONS = "https://docs.aws.amazon.com/connect/latest/APIReference/flow-language-actions.html"
LIMITS = "https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html"

MOST_ACTIONS = 250
LONGEST_IDENTIFIER = 50
FORBIDDEN = frozenset(r"%:(\/)=$,;[]{}")
RESERVED = frozenset(
    {
        "__proto__",
        "constructor",
        "__defineGetter__",
        "__defineSetter__",
        "toString",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "valueOf",
    }
)
LARGEST_CONTENT = 256_000
DEEPEST_MODULES = 5
_ID = re.compile(r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")

OLD_FORMAT = Rule(
    code="R201",
    name="old-format",
    severity=Severity.ERROR,
    title="the file is an export of the older designer",
    why="The first export format (modules with branches) is not flow language 2019-10-30. The API refuses it.",
    fix="Import it into the present designer, and export it again.",
    source="https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-import-export.html",
)
IDENTIFIER = Rule(
    code="R202",
    name="refused-identifier",
    severity=Severity.ERROR,
    title="Connect does not take the identifier",
    why="Identifiers have at most 50 characters, none of % : ( \\ / ) = $ , ; [ ] { }, and are not one of ten "
    "reserved words.",
    fix="Rename the action, and every branch that leads to it.",
    source=ACTIONS,
)
TOO_MANY = Rule(
    code="R203",
    name="too-many-actions",
    severity=Severity.ERROR,
    title="the flow has more than Connect takes",
    why="A flow has at most 250 actions and 256,000 characters.",
    fix="Move a part of it into a module, or into a flow of its own.",
    source=LIMITS,
)
MISSING_BRANCH = Rule(
    code="R204",
    name="missing-error-branch",
    severity=Severity.ERROR,
    title="an error branch is not wired",
    why="Connect refuses the flow; where it does not, a contact that meets the error is cut off.",
    fix="Lead the branch to what should happen then.",
    source=ACTIONS,
)
EXTRA_BRANCH = Rule(
    code="R205",
    name="refused-error-branch",
    severity=Severity.ERROR,
    title="the action's type has no such error branch",
    why="Connect refuses error types that the action does not have, such as any at all on "
    "UpdateContactRecordingBehavior.",
    fix="Remove the branch.",
    source=ACTIONS,
)
MISSPELT = Rule(
    code="R206",
    name="misspelt-type",
    severity=Severity.ERROR,
    title="there is no such type of action, but one that is spelt almost so",
    why="Connect refuses the whole flow for one type that it does not know.",
    fix="Use the type's name as the flow language has it.",
    source=ACTIONS,
)
UNKNOWN = Rule(
    code="R207",
    name="unknown-type",
    severity=Severity.NOTE,
    title="the type of action is not known here",
    why="New types appear; this tool does not judge what it does not know, neither its branches nor what it does to "
    "a recording.",
    fix="Check it by hand, and see whether there is a newer version of this tool.",
    source=ACTIONS,
)
MISSING_PARAMETER = Rule(
    code="R208",
    name="missing-parameter",
    severity=Severity.ERROR,
    title="a parameter is missing",
    why="Connect refuses an action without what its type needs.",
    fix="Set the parameter.",
    source=ACTIONS,
)
PARAMETER = Rule(
    code="R209",
    name="refused-parameter",
    severity=Severity.ERROR,
    title="a parameter has a name or a value that Connect does not take",
    why='Values are text, truths are "True" and "False", numbers are decimal digits within bounds, and of several ways '
    "to say the same only one may be given.",
    fix="Write the parameter as the type's page has it.",
    source=ACTIONS,
)
CONDITION = Rule(
    code="R210",
    name="refused-condition",
    severity=Severity.ERROR,
    title="the conditions are not those that the type has",
    why="A menu takes one key, Loop has two results, a stored entry and a function have none.",
    fix="Use the conditions that the type has; compare other values in an action of their own.",
    source=ACTIONS,
)
FLOW_TYPE = Rule(
    code="R211",
    name="refused-in-this-flow",
    severity=Severity.ERROR,
    title="the type of action is not for this type of flow",
    why="Whispers, holds and queue flows take only some actions, and only a module returns.",
    fix="Do it in a flow of another type.",
    source=ACTIONS,
)
DEPTH = Rule(
    code="R212",
    name="modules-too-deep",
    severity=Severity.ERROR,
    title="modules invoke modules more than five deep, or in circles",
    why="Connect runs at most five levels of nested modules.",
    fix="Flatten the modules.",
    source="https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-modules.html",
)
ALIAS = Rule(
    code="R213",
    name="alias-by-name",
    severity=Severity.ERROR,
    title="a module is invoked by the name of its alias",
    why="Connect accepts the reference and then runs nothing: qualifiers are version numbers and alias ids.",
    fix="Use the alias's id.",
    source="https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-modules.html",
)
TIME_LIMIT = Rule(
    code="R214",
    name="time-limit",
    severity=Severity.WARNING,
    title="a function's time limit is not from 1 to 8 seconds",
    why="Connect waits at most eight seconds for a function.",
    fix="Set InvocationTimeLimitSeconds to a whole number from 1 to 8.",
    source="https://docs.aws.amazon.com/connect/latest/APIReference/interactions-invokelambdafunction.html",
)

RULES = (
    OLD_FORMAT,
    IDENTIFIER,
    TOO_MANY,
    MISSING_BRANCH,
    EXTRA_BRANCH,
    MISSPELT,
    UNKNOWN,
    MISSING_PARAMETER,
    PARAMETER,
    CONDITION,
    FLOW_TYPE,
    DEPTH,
    ALIAS,
    TIME_LIMIT,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what Connect would refuse, but for parameters (see ``parameters``)."""
    for place, flow in enumerate(subject.program.flows):
        yield from _size(flow)
        depth = subject.program.depth(place) + flow.is_module
        if depth > DEEPEST_MODULES and place in subject.program.roots:
            how = "in circles" if depth >= ENDLESS else f"{depth} deep"
            yield DEPTH.at(flow, None, f"modules invoke modules {how}; Connect runs {DEEPEST_MODULES} levels")
        for action in flow.actions.values():
            yield from _identifier(flow, action)
            known = type_of(action)
            if known is None:
                yield from _type(flow, action)
                continue
            yield from _branches(flow, action, known)
            yield from _in_flow(flow, action, known)
            yield from _alias(flow, action)


def _size(flow: Flow) -> Iterator[Finding]:
    if flow.action_count > MOST_ACTIONS:
        yield TOO_MANY.at(
            flow, None, f"it has {flow.action_count} actions; Connect takes {MOST_ACTIONS}", within=("Actions",)
        )
    if len(flow.text) > LARGEST_CONTENT:
        yield TOO_MANY.at(
            flow, None, f"its content has {len(flow.text):,} characters; Connect takes {LARGEST_CONTENT:,}"
        )


def _identifier(flow: Flow, action: Action) -> Iterator[Finding]:
    if not action.id:
        yield IDENTIFIER.at(flow, action, "the identifier is empty")
    if len(action.id) > LONGEST_IDENTIFIER and "{{" not in action.id:
        yield IDENTIFIER.at(
            flow, action, f"the identifier has {len(action.id)} characters; Connect takes {LONGEST_IDENTIFIER}"
        )
    placeholder = "{{" in action.id
    wrong = sorted(set(action.id) & FORBIDDEN)
    if wrong and not placeholder:
        yield IDENTIFIER.at(flow, action, f"the identifier holds {' '.join(wrong)}, which Connect does not take")
    if action.id in RESERVED:
        yield IDENTIFIER.at(flow, action, "the identifier is a word that Connect reserves")


def _type(flow: Flow, action: Action) -> Iterator[Finding]:
    within = ("Type",)
    if meant := meant_type(action.type):
        yield MISSPELT.at(flow, action, f"there is no type {action.type!r}: did you mean {meant!r}?", within=within)
    else:
        newest = max(known.read for known in action_types().values())
        reason = f"type {action.type!r} is not known here (as of {newest.isoformat()}), so it is not judged"
        yield UNKNOWN.at(flow, action, reason, within=within)


def _branches(flow: Flow, action: Action, known: ActionType) -> Iterator[Finding]:
    for required in known.errors:
        if action.error(required) is None:
            reason = f"{action.type} has an error branch {required}, and nothing is wired to it"
            yield MISSING_BRANCH.at(flow, action, reason, within=("Transitions", "Errors"))
    for advised in known.advised:
        if action.error(advised) is None:
            left = "which flows of today must wire" if advised == CATCH_ALL else "without it only the catch-all is left"
            reason = f"{action.type} has an error branch {advised}, and nothing is wired to it: {left}"
            yield MISSING_BRANCH.at(flow, action, reason, within=("Transitions", "Errors"), severity=Severity.WARNING)
    if known.open or known.success is Success.ENDS:
        return
    allowed = {*known.errors, *known.advised, *known.may}
    for branch in action.errors:
        if branch.error not in allowed:
            has = f"it has {', '.join(sorted(allowed))}" if allowed else "it has none"
            reason = f"{action.type} has no error branch {branch.error or '(no ErrorType)'}: {has}"
            yield EXTRA_BRANCH.at(flow, action, reason, within=branch.path)


def _in_flow(flow: Flow, action: Action, known: ActionType) -> Iterator[Finding]:
    if not flow.kind:
        return
    if flow.kind in known.not_in or (known.only_in and flow.kind not in known.only_in):
        yield FLOW_TYPE.at(flow, action, f"{action.type} is not for flows of type {flow.kind}", within=("Type",))


def _alias(flow: Flow, action: Action) -> Iterator[Finding]:
    if action.type != "InvokeFlowModule":
        return
    reference = str(action.parameters.get("FlowModuleId", ""))
    behind = qualifier(reference)
    if not behind or behind.startswith("$") or behind.isdigit() or _ID.match(behind):
        return
    reason = f"{behind!r} is no version and no alias id: Connect accepts the name of an alias and runs nothing"
    yield ALIAS.at(flow, action, reason, within=("Parameters", "FlowModuleId"))
