"""Judging a call: whether its subject is one that is decided, this person may do it, and somebody else asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from steward.clock import Clock
from steward.decisions.book import Book, Outcome, Row, Standing, Taken
from steward.decisions.calls import Call, Unreadable
from steward.decisions.people import Person, UnknownCaller, are_two_people
from steward.decisions.subjects import Decision, Rule, Subject

_TRIES = 8


class Refused(Exception):
    """The call is refused; the message is the reason, in a word or a sentence, and quotes no value."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller hears."""

    status: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    reason: str = ""
    items: tuple[str, ...] = ()
    repeats: bool = False


class Ground(Protocol):
    """What a subject is about, as the register knows it."""

    def identifier(self, stated: str) -> str:
        """Return the id in the one spelling of the book; raise ``Refused`` for what is no id."""

    def items(self, identifier: str, stated: tuple[str, ...] | None) -> tuple[str, ...]:
        """Return what a request names, checked against the register; raise ``Refused`` for what is not there."""


class Orders(Protocol):
    """Lets what was approved be carried out. The order names the subject and id; who carries it out asks the book."""

    def carry_out(self, subject: Subject, identifier: str) -> None:
        """Give the order. It may be given twice."""


class Notices(Protocol):
    """Those who have to know that something was asked, decided or refused."""

    def told(self, row: Row) -> None:
        """Tell them of a call, once; never in the words of whoever made it."""


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """Takes calls. Every call becomes a row before anything follows from it."""

    clock: Clock
    book: Book
    rules: Mapping[Subject, Rule]
    grounds: Mapping[Subject, Ground]
    orders: Orders
    notices: Notices

    def take(self, call: Call) -> Answer:
        """Judge a call, keep it, and let follow what follows.

        The same call again, as a retry sends it, is answered as before. Raises ``Taken`` if others keep calling about
        the same id, and ``steward.failures``; the caller then knows that nothing is certain and calls again.
        """
        try:
            subject = self._subject(call)
            identifier = self.grounds[subject].identifier(call.id)
        except Refused as refusal:
            return self._unreadable(call, call.in_its_words(str(refusal)))
        for _ in range(_TRIES):
            standing = Standing(self.book.of(subject, identifier))
            known = standing.answered(call.call_id)
            if known is None:
                known = self._judged(call, subject, identifier, standing)
                try:
                    self.book.add(known)
                except Taken:
                    continue
            self._follow(subject, known)
            return Answer(known.outcome, known.reason)
        raise Taken("others keep calling about the same id")

    def refuse(
        self, call_id: str, by: Person, problem: Unreadable | UnknownCaller, asked: tuple[Subject, object] | None = None
    ) -> Answer:
        """Keep a call that cannot be read, or whose caller cannot be known, and refuse it.

        ``asked`` is a subject whose request it was, and what was stated as its id. Where that is one, the refusal names
        it. Raises ``steward.failures``.
        """
        reason = str(problem) if isinstance(problem, Unreadable) else "role"
        if asked is None:
            return self._unreadable(Call(call_id=call_id, by=by, subject="", id="", decision=""), reason)
        subject, stated = asked
        call = Call(call_id=call_id, by=by, subject=subject, id="", decision=Decision.REQUEST)
        try:
            identifier = self.grounds[subject].identifier(stated) if isinstance(stated, str) else ""
        except Refused:
            identifier = ""
        return self._unreadable(call, reason, identifier)

    def _unreadable(self, call: Call, reason: str, identifier: str = "") -> Answer:
        # Whatever was typed where an id belongs stays out of the book unless it is one: it may be a name or a number.
        row = Row(
            subject=call.subject if call.subject in [*Subject] else "",
            id=identifier,
            number=0,
            call_id=call.call_id,
            at=self.clock.now(),
            by=call.by,
            decision=call.decision if call.decision in [*Decision] else "",
            outcome=Outcome.REFUSED,
            reason=reason,
        )
        self.book.add_unreadable(row)
        self.notices.told(row)
        return Answer(Outcome.REFUSED, reason)

    def _subject(self, call: Call) -> Subject:
        try:
            subject = Subject(call.subject)
        except ValueError:
            raise Refused(f"subject: must be one of {', '.join(Subject)}") from None
        if subject not in self.rules:
            raise Refused(f"subject: {subject} is not decided here yet")
        try:
            Decision(call.decision)
        except ValueError:
            raise Refused(f"decision: must be one of {', '.join(Decision)}") from None
        return subject

    def _judged(self, call: Call, subject: Subject, identifier: str, standing: Standing) -> Row:
        try:
            verdict = self._verdict(call, subject, identifier, standing)
        except Refused as refusal:
            verdict = _Verdict(Outcome.REFUSED, reason=call.in_its_words(str(refusal)))
        return call.judged(
            subject,
            identifier,
            standing.next_number,
            self.clock.now(),
            verdict.outcome,
            reason=verdict.reason,
            items=verdict.items,
            repeats=verdict.repeats,
        )

    def _verdict(self, call: Call, subject: Subject, identifier: str, standing: Standing) -> _Verdict:
        rule, decision = self.rules[subject], Decision(call.decision)
        if not rule.allows(call.by.role, decision):
            raise Refused("role")
        allowed = rule.fields if decision is Decision.REQUEST else ()
        for name in (*((call.items_field,) if call.items_field else ()), *call.unknown_fields):
            if name not in allowed:
                raise Refused("a field does not belong to this decision")
        if decision is Decision.REQUEST:
            return self._asked(call, subject, identifier, standing)
        return self._decided(call, standing, decision)

    def _asked(self, call: Call, subject: Subject, identifier: str, standing: Standing) -> _Verdict:
        if not call.why:
            raise Refused("why: is missing")
        items = self.grounds[subject].items(identifier, call.items)
        waiting = standing.open
        if waiting is None:
            return _Verdict(Outcome.ASKED, items=items)
        if (waiting.by, waiting.items) == (call.by, items):
            return _Verdict(Outcome.ASKED, reason="already_asked", items=items, repeats=True)
        raise Refused("already_asked")

    def _decided(self, call: Call, standing: Standing, decision: Decision) -> _Verdict:
        waiting = standing.open
        if waiting is None:
            last = standing.decided
            if last is not None and (last.by, last.decision) == (call.by, decision):
                return _Verdict(Outcome.DECIDED, reason="already_decided", repeats=True)
            raise Refused("nothing_asked")
        if not all(are_two_people(one.name, call.by.name) for one in standing.asked_by()):
            raise Refused("same_person")
        return _Verdict(Outcome.DECIDED, items=waiting.items)

    def _follow(self, subject: Subject, row: Row) -> None:
        if row.outcome is Outcome.DECIDED and row.decision == Decision.APPROVE:
            # Also when it is said once more: the order may have been lost the first time.
            self.orders.carry_out(subject, row.id)
        if not row.repeats:
            self.notices.told(row)
