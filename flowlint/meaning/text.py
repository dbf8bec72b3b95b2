"""What is said to people, and the values that a flow passes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flowlint.document import Action

SPOKEN = ("Text", "SSML")
STORED_INPUT = re.compile(r"""\$\.(?:StoredCustomerInput|\[\s*["']StoredCustomerInput["']\s*\])""")
ATTRIBUTE = re.compile(
    r"""\$\.(?P<kind>Attributes|FlowAttributes)"""
    r"""(?:\.(?P<plain>[^.\[\]\s"'<>,;]+)|\[\s*(["'])(?P<quoted>[^"']+)\3\s*\])"""
)

_MARKUP = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")


def readable(text: str) -> str:
    """Return text that can be printed anywhere: a lone surrogate becomes its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def words_of(name: str) -> tuple[str, ...]:
    """Split a name into lower-case words, whatever its spelling: ``pauseRecording``, ``PAUSE_RECORDING``."""
    return tuple(word.lower() for word in _WORD.findall(name))


def prompt_of(action: Action) -> str:
    """Return the words that a caller or an agent hears or reads at an action, without markup."""
    texts = [str(action.parameters[key]) for key in SPOKEN if action.parameters.get(key)]
    if action.type == "ShowView":
        texts += strings_in(action.parameters.get("ViewData"))
    elif action.type == "ConnectParticipantWithLexBot" and isinstance(media := action.parameters.get("Media"), Mapping):
        texts += strings_in(media.get("Text"))
    return _MARKUP.sub(" ", " \n".join(texts)).strip()


def first_words(action: Action, longest: int = 40) -> str:
    """Return the beginning of what an action says, or what tells it from its like; empty if nothing does."""
    parameters = action.parameters
    function = str(parameters.get("LambdaFunctionARN", "")).rpartition(":function:")[2]
    shown = (
        prompt_of(action)
        or function
        or next(
            (
                str(parameters[key])
                for key in (
                    "ComparisonValue",
                    "LambdaFunctionARN",
                    "FlowModuleId",
                    "ContactFlowId",
                    "ThirdPartyPhoneNumber",
                )
                if parameters.get(key)
            ),
            "",
        )
    )
    shown = " ".join(shown.split())
    return readable(shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…")


def sentences(text: str) -> list[str]:
    """Split what is said into sentences."""
    return [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]


def strings_in(value: object) -> Iterator[str]:
    """Yield every text within a JSON value, keys left out."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, Mapping):
            waiting.extend(reversed(list(found.values())))
        elif isinstance(found, list | tuple):
            waiting.extend(reversed(found))


def references(value: object) -> Iterator[str]:
    """Yield the contact and flow attributes that a JSON value reads, as ``Attributes.NAME``."""
    for text in strings_in(value):
        for found in ATTRIBUTE.finditer(text):
            yield f"{found['kind']}.{found['plain'] or found['quoted']}"


def attribute_named_by(value: object) -> str | None:
    """Return the attribute that a value is, as ``Attributes.NAME``, if it is one and nothing else."""
    found = ATTRIBUTE.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"{found['kind']}.{found['plain'] or found['quoted']}" if found else None


def attributes_set_by(action: Action) -> Mapping[str, object]:
    """Return the values that an action writes, by reference as ``references`` has it.

    Attributes of a related contact are not read back as ``$.Attributes`` and are left out.
    """
    parameters = action.parameters
    if action.type == "UpdateFlowAttributes":
        flow = parameters.get("FlowAttributes")
        pairs = flow.items() if isinstance(flow, Mapping) else ()
        return {
            f"FlowAttributes.{name}": value.get("Value") if isinstance(value, Mapping) else value
            for name, value in pairs
        }
    contact = parameters.get("Attributes")
    if (
        action.type != "UpdateContactAttributes"
        or not isinstance(contact, Mapping)
        or str(parameters.get("TargetContact", "Current")) != "Current"
    ):
        return {}
    return {f"Attributes.{name}": value for name, value in contact.items()}
