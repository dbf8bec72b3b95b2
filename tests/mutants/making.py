"""Make mutants of the pure domain with mutmut's own operators, under mutmut's names for them.

Only those that are chosen are written out: writing all of them out takes longer than trying two hundred.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import libcst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace, group_by_top_level_node
from mutmut.utils.format_utils import make_mutant_key

from tests.mutants.putting import Mutant

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "layers" / "steward" / "python" / "steward"

_NO_DOMAIN: Final = {"adapters", "wiring", "ports"}


def files(rooms: Iterable[str], only: str = "") -> list[Path]:
    """Return the files of the rooms' domain that can have mutants whose names begin like ``only``, in a fixed order."""
    found = (file for room in rooms for file in (PACKAGE / room).rglob("*.py"))
    domain = (file for file in found if not _NO_DOMAIN & {*file.relative_to(PACKAGE).with_suffix("").parts})
    return sorted(file for file in domain if module_of(file).startswith(only) or only.startswith(module_of(file)))


def module_of(file: Path) -> str:
    """Return the name under which the file is imported."""
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def names(file: Path) -> list[str]:
    """Return the names of all mutants of a file."""
    return [name for name, _, _ in _mutations(file)[1]]


def make(file: Path, chosen: frozenset[str]) -> list[Mutant]:
    """Write out those mutants of a file that are chosen."""
    before = file.read_text(encoding="utf-8")
    module, mutations = _mutations(file)
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    made = []
    for name, function, mutation in mutations:
        if name not in chosen:
            continue
        after = deep_replace(module, mutation.original_node, mutation.mutated_node).code
        shown = difflib.unified_diff(
            before.splitlines(), after.splitlines(), str(file.relative_to(ROOT)), name, lineterm=""
        )
        within = _lines(places.get(mutation.contained_by_top_level_function))
        made.append(
            Mutant(
                name=name,
                file=file,
                function=function,
                lines=_lines(places.get(mutation.original_node)) or within,
                within=within,
                source=after,
                diff="\n".join(shown),
            )
        )
    return made


def _lines(place: CodeRange | None) -> range:
    return range(0) if place is None else range(place.start.line, place.end.line + 1)


def _mutations(file: Path) -> tuple[libcst.Module, list[tuple[str, str, Mutation]]]:
    """Return the parsed file and each of its mutations with its name and its function's qualified name."""
    module, mutations, *_ = create_mutations(str(file), file.read_text(encoding="utf-8"))
    grouped = group_by_top_level_node(mutations)
    return module, [
        (
            f"{module_of(file)}.{make_mutant_key(function.name.value, owner or None)}__mutmut_{number}",
            f"{owner}.{function.name.value}" if owner else function.name.value,
            mutation,
        )
        for owner, function in _functions(module)
        for number, mutation in enumerate(grouped.get(function, ()), start=1)
    ]


def _functions(module: libcst.Module) -> Iterator[tuple[str, libcst.FunctionDef]]:
    """Yield the functions and methods that mutmut mutates, each with its class's name."""
    for statement in module.body:
        if isinstance(statement, libcst.FunctionDef):
            yield "", statement
        elif isinstance(statement, libcst.ClassDef):
            for member in statement.body.body:
                if isinstance(member, libcst.FunctionDef):
                    yield statement.name.value, member
