"""Who is asking: the role and the person behind a signed request, and whether two names can be two people.

AWS states the caller of a Function URL in ``requestContext.authorizer.iam.userArn``: for a role
``arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`` (Lambda developer guide, "Request payload format"; IAM user guide,
"Where you can use unique identifiers" for the form of the ARN). The roles' trust policies fix the session's name, so
that it says who the person is.

Identity Center makes a role ``AWSReservedSSO_SET_SUFFIX`` for each permission set in an account, and names the session
after the person (IAM Identity Center user guide, "Referencing permission sets in resource policies").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class StaffRole(StrEnum):
    """The roles of staff, by name; an account's role is called ``ENVIRONMENT-steward-NAME``."""

    COMPLAINTS_OFFICER = "complaints-officer"
    RELEASE_OFFICER = "release-officer"
    RELEASE_APPROVER = "release-approver"
    INFORMATION_OFFICER = "information-officer"
    RIGHTS_APPROVER = "rights-approver"
    DISCLOSURE_OFFICER = "disclosure-officer"
    DATA_PROTECTION_OFFICER = "data-protection-officer"
    ACCESS_AUDITOR = "access-auditor"
    BREAK_GLASS = "break-glass"


CASE_SYSTEM = "case-system"
"""Stands where a role stands, for people whom the council's case-management system names."""


class UnknownCaller(Exception):
    """The signed request does not say which role and person made it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a role. ``name`` is the session's, exactly as AWS or the case-management system gives it."""

    role: str
    name: str

    def __str__(self) -> str:
        """Write it as rows and scenarios do: ``ROLE/PERSON``."""
        return f"{self.role}/{self.name}"


NOBODY = Person(role="", name="")
"""Stands in the book for a caller who cannot be known."""

_ASSUMED = re.compile(r"arn:aws[a-z-]*:sts::([0-9]{12}):assumed-role/([\w+=,.@-]+)/([\w+=,.@-]{2,64})", re.ASCII)


_OF_PERMISSION_SET = re.compile(r"AWSReservedSSO_([\w+=,.@-]{1,32})_[0-9a-f]{16}", re.ASCII)


def person_of(user_arn: str, *, account: str, prefix: str, permission_sets: str = "") -> Person:
    """Return the person whom a user ARN names; ``prefix`` starts the names of this environment's roles.

    ``permission_sets`` starts those of its permission sets; empty: the council's people sign in without them. Raises
    ``UnknownCaller`` for anybody who is not in one of these roles of this very account.
    """
    found = _ASSUMED.fullmatch(user_arn)
    if found is None:
        raise UnknownCaller("the caller is not in a role")
    if found[1] != account:
        raise UnknownCaller("the caller's role is another account's")
    chosen = _OF_PERMISSION_SET.fullmatch(found[2])
    if permission_sets and chosen and chosen[1].startswith(permission_sets):
        return Person(role=chosen[1].removeprefix(permission_sets), name=found[3])
    if not found[2].startswith(prefix):
        raise UnknownCaller("the caller's role is none of this environment's")
    return Person(role=found[2].removeprefix(prefix), name=found[3])


def are_two_people(one: str, other: str) -> bool:
    """Tell whether two names are certainly those of two people.

    Names that differ only in case, width, accents, punctuation, spaces, signs that are not seen, or in letters and
    digits that look alike are one person's; so is a name with and without its domain. A name that has letters of
    another script left cannot be told apart from a look-alike, and counts as nobody's.
    """
    a, b = _reduced(one), _reduced(other)
    if not a.certain or not b.certain or a.whole == b.whole:
        return False
    return not (a.local == b.local and (not a.has_domain or not b.has_domain))


_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l"})


@dataclass(frozen=True, slots=True)
class _Reduced:
    whole: str
    local: str
    has_domain: bool
    certain: bool


def _reduced(name: str) -> _Reduced:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    local, at, domain = folded.partition("@")
    local = local.partition("+")[0]
    mailbox, host = _skeleton(local), _skeleton(domain)
    plain = (mailbox + host).isascii() and bool(mailbox)
    return _Reduced(
        whole=f"{mailbox}@{host}" if host else mailbox, local=mailbox, has_domain=bool(at and host), certain=plain
    )


def _skeleton(text: str) -> str:
    """Return its letters and digits alone, without accents, look-alikes written as one."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if unicodedata.category(sign)[0] in "LN").translate(_ALIKE)
