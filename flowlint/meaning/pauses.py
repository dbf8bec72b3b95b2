"""Pauses of the recording: by what is asked of a function, by the function's name, by the council's configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from flowlint.document import Action, Branch
from flowlint.meaning.text import words_of

PAUSES = frozenset({"pause", "suspend", "stop"})
RESUMES = frozenset({"resume", "unpause", "unsuspend", "start", "restart"})
BESIDE = frozenset(
    {"record", "recording", "recordings", "rec", "call", "contact", "voice", "audio", "screen", "ivr", "agent"}
    | {"the", "my", "this", "now", "please", "request", "operation", "action", "do", "off", "capture"}
)
"""Words that may stand beside one that asks for a pause; any other word makes it something else."""

RECORDING = frozenset({"record", "recording", "recordings", "rec"})

_ANSWER = re.compile(r"""^\$\.External(?:\.(?P<plain>[^.\[\]]+)|\[\s*(["'])(?P<quoted>[^"']+)\2\s*\])$""")


class Invocation(Enum):
    """What a Lambda invocation asks for."""

    PAUSE = auto()
    RESUME = auto()
    START = auto()
    """Like a resume, and undoes even a recording that a block switched off."""
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class PauseFunction:
    """How one kind of function pauses, and which of its answers confirms it."""

    functions: tuple[str, ...] = ()
    """Parts of the function's name; none: any function that is asked in the usual words."""
    attribute: str = ""
    """The invocation attribute that says what to do; empty: any."""
    values: tuple[str, ...] = ()
    """Its values that ask for a pause; none: the usual words."""
    resumes: tuple[str, ...] = ()
    answer: str = "status"
    confirmed: tuple[str, ...] = ("paused",)


USUAL = PauseFunction()


class Pauses:
    """Tells pauses from other invocations; ``own`` come before the usual way."""

    def __init__(self, own: Iterable[PauseFunction] = ()) -> None:
        self.ways = (*own, USUAL)

    def way_of(self, action: Action) -> int:
        """Return which of ``ways`` an invocation follows."""
        name = function_name(action)
        for place, way in enumerate(self.ways):
            if not way.functions or any(part.lower() in name.lower() for part in way.functions):
                return place
        return len(self.ways) - 1

    def invocation(self, action: Action) -> Invocation | None:
        """Classify a Lambda invocation; None if the action is none."""
        if action.type != "InvokeLambdaFunction":
            return None
        way = self.ways[self.way_of(action)]
        attributes = action.parameters.get("LambdaInvocationAttributes")
        asked = {
            str(name): str(value).strip()
            for name, value in (attributes.items() if isinstance(attributes, Mapping) else ())
            if not way.attribute or str(name) == way.attribute
        }
        for words, meant in ((way.values, Invocation.PAUSE), (way.resumes, Invocation.RESUME)):
            if any(value.lower() == word.lower() for value in asked.values() for word in words):
                return meant
        found = {_asked_for(words_of(value)) for value in asked.values() if not value.startswith("$")}
        for meant in (Invocation.PAUSE, Invocation.RESUME, Invocation.START):
            if meant in found:
                return meant
        return _named(words_of(function_name(action)))

    def is_confirmation(self, way: int, branch: Branch) -> bool:
        """Say whether a branch is taken only if the answer is one that confirms (Connect compares with case)."""
        condition = branch.condition
        if condition is None or condition.operator != "Equals" or not condition.operands:
            return False
        return all(
            operand in self.ways[way].confirmed for operand in condition.operands if isinstance(operand, str)
        ) and all(isinstance(operand, str) for operand in condition.operands)

    def is_answer(self, way: int, value: object) -> bool:
        """Say whether a reference reads the answer of such a function."""
        return answer_named_by(value) == self.ways[way].answer


def answer_named_by(value: object) -> str | None:
    """Return the key of the latest Lambda answer that a reference reads, if it reads one."""
    found = _ANSWER.match(value.strip()) if isinstance(value, str) else None
    return (found["plain"] or found["quoted"]) if found else None


def function_name(action: Action) -> str:
    """Return the name within a function's ARN, without version or alias."""
    arn = str(action.parameters.get("LambdaFunctionARN", ""))
    _, found, name = arn.partition(":function:")
    return name.split(":")[0] if found else arn


def is_awaited(action: Action) -> bool:
    """Say whether the flow waits for the function's answer, so that ``$.External`` holds it."""
    return str(action.parameters.get("InvocationType", "SYNCHRONOUS")).strip().upper() != "ASYNCHRONOUS"


def _asked_for(words: tuple[str, ...]) -> Invocation:
    asked = [word for word in words if word not in BESIDE]
    if len(asked) != 1:
        return Invocation.OTHER
    if asked[0] in PAUSES:
        return Invocation.PAUSE
    if asked[0] in ("start", "restart"):
        return Invocation.START
    return Invocation.RESUME if asked[0] in RESUMES else Invocation.OTHER


def _named(words: tuple[str, ...]) -> Invocation:
    """Classify by a function's name: it must speak of a recording and of one thing to do with it."""
    told = set(words)
    if not told & RECORDING:
        return Invocation.OTHER
    pauses, resumes = told & PAUSES, told & RESUMES
    if pauses and not resumes:
        return Invocation.PAUSE
    if resumes and not pauses:
        return Invocation.START if resumes <= {"start", "restart"} else Invocation.RESUME
    return Invocation.OTHER
