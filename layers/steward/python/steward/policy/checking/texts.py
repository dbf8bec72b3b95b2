"""Whether the wordings and templates of text messages are complete and can be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

import phonenumbers

from steward import gsm7
from steward.policy.checking.findings import Finding, error, remark
from steward.policy.messaging import LONGEST_BODY, Messaging, Template

_PLACEHOLDER = re.compile(r"[a-z][a-z0-9_]*")
_PARAMETERS = frozenset({"template", "purpose", "number", "number_confirmed", "language"})
"""Parameters of ``send_sms`` itself; a value of that name could never be told apart."""


def messaging_findings(messaging: Messaging, languages: Iterable[str]) -> Iterator[Finding]:
    """Yield what is wrong with the texts of a notice that is given in those languages."""
    yield from _countries(messaging.countries)
    for section, texts in (("wordings", messaging.wordings), ("templates", messaging.templates)):
        if not texts:
            yield error(f"messaging.{section}", "is empty: without one nothing can be sent")
        for name, entry in texts.items():
            path = f"messaging.{section}.{name}"
            if entry.purpose not in messaging.purposes:
                yield error(f"{path}.purpose", f'"{entry.purpose}" is not one of messaging.purposes')
            yield from _languages(f"{path}.text", entry.text, languages)
    for version, wording in messaging.wordings.items():
        yield from _wording(f"messaging.wordings.{version}.text", wording.text)
    for name, template in messaging.templates.items():
        path = f"messaging.templates.{name}.text"
        yield from _links(f"messaging.templates.{name}.links", template, messaging)
        yield from _template(path, template.text, messaging.value_max_length)
        if not messaging.replies:
            yield from _replies(path, template.text)


def _countries(countries: Iterable[str]) -> Iterator[Finding]:
    for country in countries:
        if country not in phonenumbers.SUPPORTED_REGIONS:
            hint = "; the United Kingdom is GB" if country == "UK" else ""
            yield error("messaging.countries", f'"{country}" is no country with a numbering plan{hint}')


def _languages(path: str, text: Mapping[str, str], languages: Iterable[str]) -> Iterator[Finding]:
    for language in languages:
        if language not in text:
            yield error(f"{path}.{language}", "is missing: the notice is given in that language")


def _wording(path: str, text: Mapping[str, str]) -> Iterator[Finding]:
    for language, body in text.items():
        if "{" in body or "}" in body:
            yield error(f"{path}.{language}", "a wording is said as it stands, so it holds no {value}")


def _template(path: str, text: Mapping[str, str], value_length: int) -> Iterator[Finding]:
    used: dict[str, frozenset[str]] = {}
    for language, body in text.items():
        where = f"{path}.{language}"
        try:
            fields = [field for field in Formatter().parse(body) if field[1] is not None]
        except ValueError:
            yield error(where, "has a { or } without its partner")
            continue
        names = [str(name) for _, name, _, _ in fields]
        for _, name, spec, conversion in fields:
            if spec or conversion or not _PLACEHOLDER.fullmatch(str(name)):
                yield error(where, f"{{{name}}} is no value's name: small letters, digits and underscores")
            elif name in _PARAMETERS:
                yield error(where, f"{{{name}}} is the name of a parameter of send_sms: choose another")
        used[language] = frozenset(names)
        yield from _cost(where, body, len(names) * value_length)
    if len(set(used.values())) > 1:
        yield error(path, "the languages do not use the same values")


def _links(path: str, template: Template, messaging: Messaging) -> Iterator[Finding]:
    """Find values that are called links and cannot be any."""
    for name in template.links:
        if any(f"{{{name}}}" not in body for body in template.text.values()):
            yield error(path, f'"{name}" is no value of this template')
    if template.links and not messaging.link_hosts:
        yield error("messaging.link_hosts", f"is empty, and {path} names links: without a host none is allowed")


def _replies(path: str, text: Mapping[str, str]) -> Iterator[Finding]:
    """Find texts that ask for a reply which a sender that cannot be answered never sees."""
    for language, body in text.items():
        if re.search(r"\bSTOP\b", body):
            yield error(f"{path}.{language}", "asks for STOP, and messaging.replies says that nobody can answer")


def _cost(path: str, body: str, room_for_values: int) -> Iterator[Finding]:
    fixed = re.sub(r"\{[^{}]*\}", "", body)
    if len(fixed) + room_for_values > LONGEST_BODY:
        yield error(path, f"may be longer than the {LONGEST_BODY} characters that the SMS service takes")
    worst = gsm7.parts(fixed + "x" * room_for_values)
    foreign = gsm7.foreign_characters(fixed)
    if foreign:
        cost = "1 part" if worst == 1 else f"{worst} parts"
        yield remark(path, f"{foreign} is outside the GSM-7 alphabet: the message is sent as UCS-2 in up to {cost}")
    elif worst > 1:
        yield remark(path, f"may take {worst} parts when every value is as long as it may be")
