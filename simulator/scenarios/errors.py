"""What is wrong with a scenario, in one line that names where."""

from __future__ import annotations

from pathlib import Path


class ScenarioError(Exception):
    """A scenario cannot be replayed: ``FILE, line N: FIELD: PROBLEM``, as far as each is known."""

    def __init__(self, problem: str, *, file: Path | None = None, line: int | None = None, field: str = "") -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.field = field
        where = [", ".join([*([str(file)] if file else []), *([f"line {line}"] if line else [])])]
        where += [field] if field else []
        super().__init__(": ".join([*filter(None, where), " ".join(problem.split())]))

    def located(self, *, file: Path, line: int) -> ScenarioError:
        """Return the same error with the place at which it was met."""
        return ScenarioError(self.problem, file=file, line=line, field=self.field)
