"""By what a person is looked for. Pure; nothing here is ever logged, and no message quotes a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from steward.holds import requests
from steward.holds.requests import BadRequest, Doubt
from steward.limits import INTAKE, OverLimit, check_depth


class Kind(StrEnum):
    """The kinds of identifier, as an intake names them."""

    PHONE = "phone"
    EMAIL = "email"
    CONTACT = "contact"
    CASE = "case"


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """One identifier in the form in which it is compared. Its value is left out of every text about it."""

    kind: Kind
    value: str = field(repr=False)


MOST: Final = 50
"""So many identifiers of one person are looked for at once."""

_FURNITURE: Final = re.compile(r"\(0\)|[\s().\-/]")
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")


def read_intake(body: bytes) -> tuple[tuple[Identifier, ...], tuple[Doubt, ...]]:
    """Return what an intake names, and what of it cannot be used.

    Raises BadRequest if nothing can, and for what is larger or deeper than an intake is.
    """
    if len(body) > INTAKE.bytes:
        raise BadRequest("intake", f"is larger than {INTAKE.bytes} bytes")
    try:
        stated = json.loads(body)
        check_depth(stated, INTAKE)
    except OverLimit as problem:
        raise BadRequest("intake", str(problem)) from None
    except (ValueError, RecursionError):
        raise BadRequest("intake", "is not JSON") from None
    if not isinstance(stated, list) or len(stated) > MOST:
        raise BadRequest("intake", f"must be a list of at most {MOST} identifiers")
    found: dict[Identifier, None] = {}
    doubts: list[Doubt] = []
    for number, one in enumerate(stated, start=1):
        try:
            found[identifier(one)] = None
        except BadRequest as problem:
            doubts.append(Doubt(field=f"identifier {number}", problem=problem.problem))
    if not found:
        raise BadRequest("intake", "names nothing by which anybody could be found")
    return tuple(found), tuple(doubts)


def identifier(stated: object) -> Identifier:
    """Return one identifier of an intake; raise ``BadRequest`` for one by which nobody is found."""
    fields: dict[str, Any] = stated if isinstance(stated, dict) else {}
    kind, value = fields.get("type"), fields.get("value")
    known = next((one for one in Kind if one == kind), None)
    if known is None or not isinstance(value, str):
        raise BadRequest("type", f"must be one of {', '.join(Kind)}, with a value that is text")
    return Identifier(kind=known, value=_READERS[known](value))


def phone(value: str) -> str:
    """Return a telephone number in E.164 form, a national one as British; raise ``BadRequest`` for no number.

    Numbers that no numbering plan has are looked for as well: what Connect wrote is what is compared.
    """
    plain = _FURNITURE.sub("", value.strip().removeprefix("tel:"))
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    elif plain.startswith("0"):
        plain = f"+44{plain[1:]}"
    if not _E164.fullmatch(plain):
        raise BadRequest("value", "is no telephone number; a withheld one would find strangers")
    return plain


def email(value: str) -> str:
    """Return an e-mail address in small letters; raise ``BadRequest`` for what is none."""
    plain = value.strip().casefold()
    if not _EMAIL.fullmatch(plain):
        raise BadRequest("value", "is no e-mail address")
    return plain


def _contact(value: str) -> str:
    return requests.contact_id(value, "value")


def _case(value: str) -> str:
    return requests.case_ref(value, "value")


_READERS: Final[dict[Kind, Callable[[str], str]]] = {
    Kind.PHONE: phone,
    Kind.EMAIL: email,
    Kind.CONTACT: _contact,
    Kind.CASE: _case,
}
