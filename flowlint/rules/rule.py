"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from flowlint.document import Action, Flow
from flowlint.findings import Finding, Severity, Step
from flowlint.linking.program import Program
from flowlint.meaning.cards import Cards
from flowlint.meaning.pauses import Pauses
from flowlint.meaning.text import first_words, readable
from flowlint.reading.json_text import Path
from flowlint.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, as its page tells it; the code's letter is what it is about."""

    code: str
    name: str
    severity: Severity
    title: str
    """What is wrong, in half a sentence."""
    why: str
    fix: str
    source: str = ""
    """Where somebody else says so."""

    def at(
        self,
        flow: Flow,
        action: Action | None,
        reason: str,
        *,
        within: Path = (),
        path: Iterable[Step] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """Return a finding at an action of a flow, or at the flow itself; ``within`` leads to the part of it."""
        place = flow.place_of(action, within)
        return Finding(
            file=flow.file,
            line=place.line,
            column=place.column,
            flow=readable(flow.name),
            action=readable(action.id) if action else "",
            type=readable(action.type) if action else "",
            words=first_words(action) if action else "",
            code=self.code,
            rule=self.name,
            severity=severity or self.severity,
            reason=readable(reason),
            path=tuple(path),
        )


@dataclass(frozen=True)
class Subject:
    """What is checked: flows together, and what the council says about them."""

    program: Program
    settings: Settings = field(default_factory=Settings)

    @cached_property
    def cards(self) -> Cards:
        """Return what tells the steps that take card data."""
        card = self.settings.card
        return Cards(card.words, card.actions, card.not_actions)

    @cached_property
    def pauses(self) -> Pauses:
        """Return what tells pauses."""
        return Pauses(self.settings.pause_functions())
