"""Put a changed function in the place of the one in memory, so that nothing has to be written or imported again."""

from __future__ import annotations

import ast
import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType


@dataclass(frozen=True)
class Mutant:
    """One change: the whole file with it, and where it is.

    ``function`` is qualified, as its code object names it; ``lines`` are those of what was changed, ``within`` those of
    the function, both counted in the file as it was.
    """

    name: str
    file: Path
    function: str
    lines: range
    within: range
    source: str
    diff: str


def functions_of(mutants: Sequence[Mutant]) -> dict[str, list[FunctionType]]:
    """Return the functions in memory whose code each mutant changes, wherever they are kept.

    Nothing, for a mutant of a file that nobody imports.
    """
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            found[one.__code__.co_filename, one.__code__.co_qualname].append(one)
    return {mutant.name: found.get((str(mutant.file), mutant.function), []) for mutant in mutants}


def put(mutant: Mutant, live: Sequence[FunctionType]) -> None:
    """Put the changed function in the place of the one in memory: its code and, where those changed, its defaults.

    Raises ``LookupError`` where there is none.
    """
    if not live:
        raise LookupError(f"{mutant.function} is not in memory")
    compiled = compile(mutant.source, str(mutant.file), "exec", dont_inherit=True)
    [code] = {code for code in _codes(compiled) if code.co_qualname == mutant.function}
    before, after = (_arguments(source, mutant) for source in (mutant.file.read_text(encoding="utf-8"), mutant.source))
    for function in live:
        function.__code__ = code
        if function.__defaults__:
            pairs = zip(before.defaults, after.defaults, function.__defaults__, strict=True)
            function.__defaults__ = tuple(_default(old, new, value, function) for old, new, value in pairs)
        for name, old, new in zip(before.kwonlyargs, before.kw_defaults, after.kw_defaults, strict=True):
            if function.__kwdefaults__ and old is not None and new is not None:
                kept = function.__kwdefaults__[name.arg]
                function.__kwdefaults__[name.arg] = _default(old, new, kept, function)


def _default(old: ast.expr, new: ast.expr, value: object, function: FunctionType) -> object:
    """Return the value of a default: as it is, or where its expression was changed, as that is now."""
    if ast.dump(old) == ast.dump(new):
        return value
    return eval(compile(ast.Expression(new), "default", "eval"), function.__globals__)  # noqa: S307 - our own source


def _arguments(source: str, mutant: Mutant) -> ast.arguments:
    owner, _, name = mutant.function.rpartition(".")
    body = ast.parse(source).body
    if owner:
        [body] = [one.body for one in body if isinstance(one, ast.ClassDef) and one.name == owner]
    return [one.args for one in body if isinstance(one, ast.FunctionDef) and one.name == name][-1]


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
