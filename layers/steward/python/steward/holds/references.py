"""What may serve as a case reference: it is shown in messages, keys and manifests, and strangers can type one."""

from __future__ import annotations

import re

from steward.ids import CaseRef

_FORM = re.compile(r"[^\W_](?:[^\W_]|[ /_.-]){0,63}")
"""Letters of any alphabet: Welsh councils write Welsh references."""

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ /_.-]+(?=\d)")
_TELEPHONE = re.compile(r"(?<!\d)(?:0[1-9]\d{8,9}|(?:00)?44[1-9]\d{8,9})(?!\d)")
"""A British number, whatever stands between its digits (Ofcom, National Telephone Numbering Plan)."""

_LINK = re.compile(
    r"(?<![^\W_])www\.|[^\W_]\.(?:app|biz|cn|co|com|cymru|dev|eu|gov|info|io|link|ly|me|net|online|org|ru|shop|site|top"
    r"|uk|wales|xyz)(?![^\W_])",
    re.IGNORECASE,
)


def problem(text: str) -> str:
    """Return what is wrong with a text as a case reference; empty if nothing is. The answer quotes nothing of it."""
    if not _FORM.fullmatch(text):
        return "must be 1 to 64 letters, digits, spaces or / _ . -, starting with a letter or digit"
    if _TELEPHONE.search(_BETWEEN_DIGITS.sub("", text)):
        return "reads as a telephone number"
    if _LINK.search(text):
        return "reads as a link"
    return ""


def folded(case: CaseRef) -> str:
    """Return the reference in the form in which references are compared: without case."""
    return case.upper()
