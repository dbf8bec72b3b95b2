"""Whether every clause of the published notice is accounted for, once, and in a way that its kind allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from steward.policy.checking.findings import Finding, error, remark
from steward.policy.checking.notices import BESIDE, Clause, Kind, Notice
from steward.policy.checking.shape import Raw, path_of

Places = dict[str, list[str]]
"""Where in the file each clause id stands."""


def coverage_findings(raw: Raw, notice: Notice | None) -> Iterator[Finding]:
    """Yield what is wrong between the file and the notice that it answers to; none means that there is none."""
    prefix = _text(raw.get("council"), "clause_prefix")
    if prefix is None:
        return
    if notice is None:
        yield error(
            "council.clause_prefix",
            f"no notice with the clauses {prefix}-... is known: write them into {BESIDE} beside this file",
        )
        return
    if notice.prefix != prefix:
        yield error(
            "council.clause_prefix",
            f'"{prefix}" is not how the clauses in {BESIDE} beside this file begin: {notice.clauses[0].id}',
        )
        return
    clauses = notice.by_id()
    fulfilled, declared, excused = (
        fulfilled_clauses(raw),
        _statements(raw, "declared"),
        _statements(raw, "not_yet_enforced"),
    )
    for places in (fulfilled, declared, excused):
        yield from _unknown(places, clauses)
    for clause in clauses.values():
        if clause.kind is Kind.ENFORCE:
            yield from _enforced(clause, fulfilled, declared, excused)
        else:
            yield from _declared(clause, declared, excused)
    yield from _figures(raw, clauses)
    yield from _unpublished(raw, fulfilled, clauses)


def fulfilled_clauses(raw: Raw) -> Places:
    """Return the clauses that sections of the file say they fulfil, each with the sections' paths."""
    places: Places = {}
    for path, clause in _walk(raw, []):
        places.setdefault(clause, []).append(path)
    return places


def _walk(node: object, path: list[str | int]) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "clauses" and isinstance(value, list):
                yield from ((path_of([*path, key]), item) for item in value if isinstance(item, str))
            else:
                yield from _walk(value, [*path, key])


def _statements(raw: Raw, section: str) -> Places:
    places: Places = {}
    rows = raw.get(section)
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        clause = _text(row, "clause")
        if clause is not None:
            places.setdefault(clause, []).append(f"{section}[{index}].clause")
    return places


def _text(table: object, key: str) -> str | None:
    value = table.get(key) if isinstance(table, Mapping) else None
    return value if isinstance(value, str) else None


def _unknown(places: Places, notice: Mapping[str, Clause]) -> Iterator[Finding]:
    first, *_, last = [*notice, *notice]
    for clause, paths in places.items():
        if clause not in notice:
            for path in paths:
                yield error(path, f"{clause} is no clause of this council's notice ({first} to {last})")


def _enforced(clause: Clause, fulfilled: Places, declared: Places, excused: Places) -> Iterator[Finding]:
    for path in declared.get(clause.id, []):
        yield error(path, f"{clause.id} can be enforced, so a declaration is not enough: {clause.text}")
    if clause.id in fulfilled and clause.id in excused:
        yield error(
            excused[clause.id][0], f"{clause.id} is fulfilled by {fulfilled[clause.id][0]}: remove one of the two"
        )
    if clause.id not in fulfilled and clause.id not in excused and clause.id not in declared:
        yield error(
            "not_yet_enforced",
            f"no section fulfils {clause.id} and no reason is given why not: {clause.text}",
        )


def _declared(clause: Clause, declared: Places, excused: Places) -> Iterator[Finding]:
    for path in excused.get(clause.id, []):
        yield error(path, f"{clause.id} can only be declared: move it to declared")
    for path in declared.get(clause.id, [])[1:]:
        yield error(path, f"{clause.id} is declared twice")
    if clause.id not in declared and clause.id not in excused:
        yield error("declared", f"{clause.id} is missing: {clause.text}")


def _figures(raw: Raw, notice: Mapping[str, Clause]) -> Iterator[Finding]:
    for clause in notice.values():
        for path, published in clause.figures.items():
            value = _at(raw, path)
            if isinstance(value, int) and not isinstance(value, bool) and value != published:
                yield remark(path, f"{value} differs from the {published} that {clause.id} publishes")


def _unpublished(raw: Raw, fulfilled: Places, notice: Mapping[str, Clause]) -> Iterator[Finding]:
    """Yield the figures that pass for published although none of their clauses publishes one (RBK-3)."""
    retention = raw.get("retention")
    for record_class, period in retention.items() if isinstance(retention, Mapping) else ():
        path = f"retention.{record_class}"
        named = [clause for clause, places in fulfilled.items() if f"{path}.clauses" in places]
        if not named or not all(clause in notice for clause in named):
            continue
        if not isinstance(period, Mapping) or period.get("source", "published") != "published":
            continue
        figure = f"{path}.months"
        if not any(figure in notice[one].figures or figure in notice[one].publishes for one in named):
            yield error(
                f"{path}.source",
                f'{", ".join(named)} publishes no figure for {record_class}: set source = "council" and say why',
            )


def _at(raw: Raw, path: str) -> object:
    node: object = raw
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Mapping) else None
    return node
