"""What a council writes to somebody who exercised a right: letters with values in braces, in each of its languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from steward.policy.recording import Language, Text


class LetterKind(StrEnum):
    """The letters that a request may need."""

    ACKNOWLEDGEMENT = "acknowledgement"
    EXTENSION = "extension"
    REFUSAL = "refusal"
    COMPLETION = "completion"
    ERASURE = "erasure"
    """An erasure was carried out; what stays, or waits, is said in the reason."""
    LIFTING = "lifting"
    """A restriction will be lifted: whoever obtained it is told before that (UK GDPR Article 18(3))."""


VALUES: Final = frozenset(
    {"council", "reference", "received_on", "due_on", "law_on", "today", "reason", "routes", "complaints_contact"}
)
"""What may stand in braces in a letter."""

NEEDED: Final[Mapping[LetterKind, frozenset[str]]] = {
    LetterKind.ACKNOWLEDGEMENT: frozenset({"reference", "due_on"}),
    LetterKind.EXTENSION: frozenset({"reference", "reason", "law_on"}),
    LetterKind.REFUSAL: frozenset({"reference", "reason", "routes"}),
    LetterKind.COMPLETION: frozenset({"reference", "routes"}),
    LetterKind.ERASURE: frozenset({"reference", "reason", "routes"}),
    LetterKind.LIFTING: frozenset({"reference", "reason", "routes"}),
}
"""What a letter has to say: UK GDPR Article 12(3) and (4), which ask for the reasons and for where to complain."""


OPTIONAL: Final = frozenset({LetterKind.ERASURE, LetterKind.LIFTING})
"""Letters that a policy may do without: they came later than the section. A council then writes its own."""


class Routes(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The three ways to complain about an answer, each a sentence in each language.

    UK GDPR Articles 12(4), 77 and 79; Data Protection Act 2018, s.164A (complaints to the controller).
    """

    council: dict[Language, Text]
    commissioner: dict[Language, Text]
    court: dict[Language, Text]

    def in_language(self, language: str) -> tuple[str, str, str]:
        """Return the three sentences; raise KeyError for a language in which one is missing."""
        return self.council[language], self.commissioner[language], self.court[language]


class Letters(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Each letter's text by its language."""

    acknowledgement: dict[Language, Text]
    extension: dict[Language, Text]
    refusal: dict[Language, Text]
    completion: dict[Language, Text]
    erasure: dict[Language, Text] = {}
    lifting: dict[Language, Text] = {}

    def texts(self, kind: LetterKind) -> Mapping[str, str]:
        """Return a letter's text by language."""
        found: Mapping[LetterKind, Mapping[str, str]] = {
            LetterKind.ACKNOWLEDGEMENT: self.acknowledgement,
            LetterKind.EXTENSION: self.extension,
            LetterKind.REFUSAL: self.refusal,
            LetterKind.COMPLETION: self.completion,
            LetterKind.ERASURE: self.erasure,
            LetterKind.LIFTING: self.lifting,
        }
        return found[kind]
