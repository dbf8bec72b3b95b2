"""Looks at the stores, one after the other, and says of each what was seen and what could not be."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import structs

from steward.evidence.statement.counting import GRACE, MOST_NAMED, Count, Finding, Kind, Rule
from steward.evidence.statement.document import StoreLine, Taken
from steward.evidence.statement.inventory import Manifest, UnusableInventory, Version
from steward.evidence.statement.population import Population, mark_of
from steward.evidence.statement.ports import Inventories, Stores
from steward.evidence.statement.register import Book
from steward.evidence.statement.whole import HOLDS, Holding, sample
from steward.failures import AwsError
from steward.ids import ContactId

OLDEST_INVENTORY: Final = timedelta(hours=36)
"""Inventories are daily; an older one says nothing of how things stand."""

FIRST_COUNT_WITHIN: Final = timedelta(hours=36)
"""So long after a period begins its first count may be taken: one inventory is daily, and may be half a day late.

What left before a later one is in neither count.
"""

TRIED: Final = 3
"""So many inventories are tried, the newest first, before none is said to be usable."""


_TOO_MANY: Final = {
    Kind.OVERDUE: "are older than the policy and its days of grace",
    Kind.HELD_UNEXPLAINED: "are locked, and the register has no hold that says why",
    Kind.RESTARTED: "were written anew after the day in their names, and S3 counts their age from then",
}

ASKED: Final = 50
"""Of what left in its time, so many are asked for: a list that leaves something out leaves out more than one."""


@dataclass(frozen=True)
class _Since:
    """What two counts of a store are compared by: the register, the earlier manifest's key, and the policy's rule."""

    book: Book | None
    before: str
    rule: Rule | None


@dataclass(kw_only=True)
class Looking:
    """The looks of one statement. ``at`` is when it is made, ``begins`` when what it is about began."""

    inventories: Inventories
    stores: Stores
    at: datetime
    begins: datetime
    findings: list[Finding] = field(default_factory=list)
    doubtful: set[ContactId] = field(default_factory=set)
    """The contacts whose holds are to be compared with S3, copy by copy: all of them where a list is missing."""

    def at_records(self, rule: Rule, book: Book | None, before: str) -> StoreLine:
        """Return what one store of records holds, and what came and went since the inventory of that moment."""
        line = StoreLine(store=rule.store, bucket=rule.bucket, period_months=rule.months, lifecycle_days=rule.days)
        try:
            manifest = self._newest(rule.bucket)
            population = Population()
            explained = (lambda version: book.explains(rule.bucket, version)) if book else (lambda _: True)
            count = Count(rule=rule, at=manifest.scanned_from, explained=explained)
            count.take(population.passing(self.inventories.versions(manifest)))
        except (UnusableInventory, AwsError) as problem:
            self.doubtful |= book.contacts if book else set()
            return _unseen(line, problem)
        self._ask_again(count)
        if book is not None:
            anew = (book.contact_of(one.key) for one in self.findings if one.kind is Kind.RESTARTED)
            self.doubtful.update(one for one in anew if one is not None)
        line = self._listing(_counted(line, manifest, count), manifest)
        line = self._uploads(line)
        return self._compared(line, manifest, population, _Since(book, before, rule))

    def at_holds(self, bucket: str, book: Book, before: str) -> StoreLine:
        """Return what the hold bucket holds, against what the register expects there."""
        line = StoreLine(store=HOLDS, bucket=bucket)
        try:
            manifest = self._newest(bucket)
            population = Population()
            holding = Holding(book=book, at=manifest.scanned_from)
            holding.take(population.passing(self.inventories.versions(manifest)))
        except (UnusableInventory, AwsError) as problem:
            self.doubtful |= book.contacts
            return _unseen(line, problem)
        self.doubtful |= holding.doubtful & book.contacts
        for kind, number in holding.suspected.items():
            if number > MOST_NAMED:
                self.findings.append(_of_store(kind, HOLDS, holding.at, number, "are not what the register says"))
                continue
            suspects = [one for one in holding.suspects if one.kind is kind]
            self.findings += [one for one in suspects if self._stands(bucket, one, book)]
        line = structs.replace(
            line, inventory=_taken(manifest), versions=holding.versions, bytes=holding.bytes, held=holding.versions
        )
        return self._compared(self._listing(line, manifest), manifest, population, _Since(book, before, None))

    def at_bytes(self, bucket: str, book: Book) -> tuple[int, str]:
        """Read this month's sample of held copies again; return how many, and why no more."""
        read = 0
        chosen, beyond = sample(book, self.at)
        for one in chosen:
            try:
                same = self.stores.digest(bucket, one.key, one.version_id) == one.sha256
            except AwsError as problem:
                return read, f"a sample of held copies could not be read ({problem})"
            read += 1
            if not same:
                self.findings.append(
                    Finding(
                        kind=Kind.HOLD_BROKEN,
                        store=HOLDS,
                        key=one.key,
                        version_id=one.version_id,
                        case=one.case,
                        since=self.at,
                        why="has another SHA-256 digest than the register says",
                    )
                )
        return read, f"{beyond} copies of the sample are beyond what one statement reads" if beyond else ""

    def _newest(self, bucket: str) -> Manifest:
        """Return the newest complete inventory that is new enough. Raises ``UnusableInventory``."""
        why = ""
        for begun, key in self.inventories.of(bucket)[:TRIED]:
            if self.at - begun > OLDEST_INVENTORY:
                raise UnusableInventory(why or f"the newest inventory is of {_day(begun)}")
            try:
                return self.inventories.manifest(bucket, key)
            except UnusableInventory as problem:
                why = why or str(problem)
        raise UnusableInventory(why or "no inventory has been delivered")

    def _listing(self, line: StoreLine, manifest: Manifest) -> StoreLine:
        """Doubt an inventory that names no file where the one before it listed something."""
        if manifest.files:
            return line
        keys = [one.manifest for one in self.inventories.of(line.bucket)]
        for key in keys[keys.index(manifest.key) + 1 :][:TRIED] if manifest.key in keys else ():
            try:
                before = self.inventories.manifest(line.bucket, key)
                if all(version.is_marker for version in self.inventories.versions(before)):
                    return line
            except (UnusableInventory, AwsError):
                continue
            why = f"the inventory lists nothing, and that of {before.scanned_from:%Y-%m-%d} something"
            return _doubted(line, why)
        return line

    def _ask_again(self, count: Count) -> None:
        """Ask S3 about each suspect before it is called an exception; of too many, it is the store that is to blame."""
        rule, named = count.rule, list[Finding]()
        for suspect in list(count.suspects):
            if count.number(suspect.kind) > MOST_NAMED:
                continue
            kind: Kind | None = suspect.kind
            if not rule.own_register:
                try:
                    kind = count.settled(suspect, self._shown(rule.bucket, suspect.version))
                except AwsError:
                    finding = count.finding(suspect.kind, suspect.version)
                    named.append(replace(finding, why=f"{finding.why} (S3 could not be asked again)"))
                    continue
            if kind is not None:
                named.append(count.finding(kind, suspect.version))
        for kind, why in _TOO_MANY.items():
            if (many := count.number(kind)) > MOST_NAMED:
                named = [one for one in named if one.kind is not kind]
                self.findings.append(_of_store(kind, rule.store, count.at, many, why))
        self.findings += named

    def _shown(self, bucket: str, version: Version) -> Version | None:
        """Return a listed version with the lock that S3 shows now; none if it is gone."""
        seen = self.stores.look(bucket, version.key, version.version_id)
        if seen is None:
            return None
        return version._replace(retain_until=seen.retain_until, lock_mode=seen.lock_mode, legal_hold=seen.legal_hold)

    def _stands(self, bucket: str, suspect: Finding, book: Book) -> bool:
        """Tell whether a held copy is not what the register says, now that S3 was asked."""
        try:
            seen = self.stores.look(bucket, suspect.key, suspect.version_id)
        except AwsError:
            return True
        if suspect.kind is Kind.ORPHAN:
            return seen is not None
        expected = book.expected[mark_of(suspect.key, suspect.version_id)]
        return seen is None or bool(
            expected.problem(seen.bytes, seen.retain_until, legal_hold=seen.legal_hold, mode=seen.lock_mode)
        )

    def _uploads(self, line: StoreLine) -> StoreLine:
        try:
            begun = self.stores.unfinished(line.bucket)
        except AwsError as problem:
            return structs.replace(line, not_shown=(*line.not_shown, f"unfinished uploads: {problem}"))
        for one in begun:
            if self.at - one > GRACE:
                why = "is an upload that was begun and never ended"
                self.findings.append(Finding(kind=Kind.UPLOAD, store=line.store, since=one, why=why))
        return structs.replace(line, unfinished_uploads=len(begun))

    def _compared(self, line: StoreLine, manifest: Manifest, population: Population, since: _Since) -> StoreLine:
        """Add what came and went since the earlier inventory, and find what left too early."""
        try:
            earlier = self._earlier(line.bucket, manifest, since.before)
            then = Population()
            for _ in then.passing(self.inventories.versions(earlier)):
                pass
            left = set(then.without(population))
            arrived = sum(1 for _ in population.without(then))
            early, due = self._gone(earlier, left, manifest, since.rule)
            if since.book is not None:
                announced = since.book
                early = [one for one in early if not announced.announces(line.bucket, one)]
            confirmed, omitted = self._confirmed_early(line, early, manifest)
            omitted += sum(self.stores.look(line.bucket, one.key, one.version_id) is not None for one in due)
        except (UnusableInventory, AwsError) as problem:
            why = f"no count to compare with: {problem}"
            return structs.replace(line, disposals_not_shown=(*line.disposals_not_shown, why))
        if omitted:
            line = _doubted(line, f"the inventory does not list all that is there: {omitted} of what it lacks is")
        unread = ["the disposal ledger could not be read"] if since.book is None and confirmed else []
        if not since.before and earlier.scanned_from - self.begins > FIRST_COUNT_WITHIN:
            unread.append(f"was first counted on {_day(earlier.scanned_from)}: what left before is not shown")
        return structs.replace(
            line,
            inventory_before=_taken(earlier),
            versions_before=len(then),
            arrived=arrived,
            left=len(left),
            left_early=None if since.rule is not None and since.rule.own_register else confirmed,
            disposals_not_shown=(*line.disposals_not_shown, *unread),
        )

    def _earlier(self, bucket: str, manifest: Manifest, before: str) -> Manifest:
        """Return the inventory of the last statement; before the first, the oldest. Raises ``UnusableInventory``."""
        keys = [one.manifest for one in self.inventories.of(bucket)]
        older = keys[keys.index(manifest.key) + 1 :] if manifest.key in keys else []
        if before:
            if before not in older:
                raise UnusableInventory("the inventory of the last statement is not there any more")
            return self.inventories.manifest(bucket, before)
        why = "there is only one inventory so far"
        for key in older[: -TRIED - 1 : -1]:
            try:
                return self.inventories.manifest(bucket, key)
            except UnusableInventory as problem:
                why = str(problem)
        raise UnusableInventory(why)

    def _gone(
        self, earlier: Manifest, left: set[int], manifest: Manifest, rule: Rule | None
    ) -> tuple[list[Version], list[Version]]:
        """Return what left before its day, and a sample of what left in its time.

        Of the hold bucket everything that left is the former, which the ledger has to have; of applications nothing.
        """
        if not left or (rule is not None and rule.own_register):
            return [], []
        early, due = list[Version](), list[tuple[int, Version]]()
        for version in self.inventories.versions(earlier):
            mark = mark_of(version.key, version.version_id)
            if version.is_marker or mark not in left:
                continue
            if rule is None or rule.leaves_at(version) > manifest.scanned_from:
                early.append(version)
            elif len(due) < ASKED:
                heapq.heappush(due, (-mark, version))
            else:
                # The smallest marks: by another hash in each process, and so at random.
                heapq.heappushpop(due, (-mark, version))
        return early, [version for _, version in due]

    def _confirmed_early(self, line: StoreLine, early: list[Version], manifest: Manifest) -> tuple[int, int]:
        """Make an exception of each that is not there; return how many, and how many are there after all."""
        if len(early) > MOST_NAMED:
            there = sum(self.stores.look(line.bucket, one.key, one.version_id) is not None for one in early[:ASKED])
            since, why = manifest.scanned_from, "left before their day, and no entry of the ledger announced them"
            self.findings.append(_of_store(Kind.LEFT_EARLY, line.store, since, len(early), why))
            return len(early), there
        gone = [one for one in early if self.stores.look(line.bucket, one.key, one.version_id) is None]
        self.findings += [
            Finding(
                kind=Kind.LEFT_EARLY,
                store=line.store,
                key=one.key,
                version_id=one.version_id,
                since=one.modified,
                why="left before its day, and no entry of the ledger announced it",
            )
            for one in gone
        ]
        return len(gone), len(early) - len(gone)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _of_store(kind: Kind, store: str, since: datetime, number: int, why: str) -> Finding:
    """Return the one exception that stands for more than can be named; of what is overdue, the store is to blame."""
    why = f"{number} objects {why}"
    if kind is Kind.OVERDUE:
        return Finding(kind=Kind.NOT_ENFORCED, store=store, since=since, why=why)
    return Finding(kind=kind, store=store, since=since, number=number, why=why)


def _doubted(line: StoreLine, why: str) -> StoreLine:
    return structs.replace(line, not_shown=(*line.not_shown, why), disposals_not_shown=(*line.disposals_not_shown, why))


def _unseen(line: StoreLine, problem: Exception) -> StoreLine:
    return structs.replace(line, not_shown=(str(problem),), disposals_not_shown=(str(problem),))


def _taken(manifest: Manifest) -> Taken:
    return Taken(manifest=manifest.key, sha256=manifest.sha256, scanned_from=manifest.scanned_from)


def _counted(line: StoreLine, manifest: Manifest, count: Count) -> StoreLine:
    return structs.replace(
        line,
        inventory=_taken(manifest),
        versions=count.versions,
        bytes=count.bytes,
        within=count.within,
        in_grace=count.in_grace,
        overdue=count.overdue,
        noncurrent=count.noncurrent,
        held=count.held,
        held_unexplained=count.held_unexplained,
        restarted_age=count.restarted,
        markers=count.markers,
        oldest=count.oldest,
    )
