from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.putting import Mutant, functions_of, put

SOURCE = """from functools import wraps

LIMIT = 3


def doubled(number, by=2, *, more=LIMIT):
    return number * by + more


def told(function):
    @wraps(function)
    def inner(*arguments):
        return "told", function(*arguments)

    return inner


class Base:
    def name(self):
        return "base"


class Child(Base):
    def name(self):
        return super().name() + " child"

    @staticmethod
    @told
    def one():
        return 1
"""


@pytest.fixture
def module(tmp_path: Path) -> ModuleType:
    file = tmp_path / "sample.py"
    file.write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("sample_that_is_mutated", file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def mutated(module: ModuleType, function: str, old: str, new: str) -> Mutant:
    assert SOURCE.count(old) == 1
    assert module.__file__ is not None
    return Mutant(
        name="steward.sample__mutmut_1",
        file=Path(module.__file__),
        function=function,
        lines=range(1),
        within=range(1),
        source=SOURCE.replace(old, new),
        diff="",
    )


def put_in(mutant: Mutant) -> None:
    put(mutant, functions_of([mutant])[mutant.name])


def test_a_changed_function_does_what_the_change_says(module: ModuleType) -> None:
    before = module.doubled

    put_in(mutated(module, "doubled", "number * by", "number / by"))

    assert before(6) == module.doubled(6) == 6


@pytest.mark.parametrize(("old", "new", "value"), [("by=2", "by=5", 33), ("more=LIMIT", "more=None", TypeError)])
def test_a_changed_default_is_another_and_the_other_stays(
    module: ModuleType, old: str, new: str, value: int | type[Exception]
) -> None:
    put_in(mutated(module, "doubled", old, new))

    if isinstance(value, int):
        assert module.doubled(6) == value
    else:
        with pytest.raises(value):
            module.doubled(6)


def test_a_method_that_asks_its_base_is_changed_too(module: ModuleType) -> None:
    put_in(mutated(module, "Child.name", '" child"', '" CHILD"'))

    assert module.Child().name() == "base CHILD"


def test_a_function_behind_a_decorator_is_changed_where_it_is_kept(module: ModuleType) -> None:
    put_in(mutated(module, "Child.one", "return 1", "return 2"))

    assert module.Child.one() == ("told", 2)


def test_a_function_that_is_nowhere_cannot_be_changed(module: ModuleType) -> None:
    with pytest.raises(LookupError, match=r"^gone is not in memory$"):
        put_in(mutated(module, "gone", "number * by", "number / by"))
