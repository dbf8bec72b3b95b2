"""What README, docs and the pages that `steward init` writes show in fences, and as commands between backticks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from infra.config import ROOT

PAGES = (
    Path("README.md"),
    *sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md")),
    Path("cli/init/template/README.md"),
    Path("flowlint/README.md"),
)

_FENCE = re.compile(r"^(?P<margin> *)```(?P<kind>[^\n]*)\n(?P<body>.*?)^(?P=margin)```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """One fence: on which page and line it begins, its kind (the word behind the backticks) and what it has."""

    page: Path
    line: int
    kind: str
    body: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def fences() -> list[Fence]:
    """Return every fence of every page."""
    return [
        Fence(page, text.count("\n", 0, found.start()) + 1, found["kind"], found["body"])
        for page in PAGES
        for text in [(ROOT / page).read_text(encoding="utf-8")]
        for found in _FENCE.finditer(text)
    ]


def named_commands() -> list[tuple[Path, str]]:
    """Return what stands between single backticks on a page and begins like a command of steward's or make's."""
    return [
        (page, code)
        for page in PAGES
        for text in [_FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))]
        for code in re.findall(r"`((?:\./)?(?:steward|make) [^`]+)`", text)
    ]


# What stands for the reader's own, and what the tests put in its place.
_READERS_OWN = {
    r"\[[^\[\]]*…\]": "",
    r"\.\./ash\b": "ash",
    r"\.\./steward/steward\b": "steward",
    r"\.\./steward\b": ".",
    r"(?<=--environment )live\b|\bNAME\b|\bENVIRONMENT\b(?!=)": "local",
    r"(?<=ENVIRONMENT=)live\b": "local",
    r"\b2027-05-12\b": "2026-05-12",  # a day that has been
    r"\bYOUR-STAFF-ID\b": "officer.1",
    r"\bCONTACT_ID\b": "562d0208-b98c-47d2-9b9f-a329e7bf0c80",
    r"\bBUCKET/KEY\b": "recordings/call.wav",
    r"\b(TABLE|INSTANCE_ID|INSTANCE_ARN|FLOW_ID)\b": r"$\1",
    r"\bFOLDER\b": "download",
    r"\bQUEUE\b": "hold-requests",
    r"\b(FILE|SCENARIO|LETTER|DIR)\b(?!=)": "file",
}


def filled_in(text: str) -> str:
    """Return a command as a reader would give it: with an environment, a contact and a folder of their own."""
    for theirs, ours in _READERS_OWN.items():
        text = re.sub(theirs, ours, text)
    return text


def commands(fence: Fence) -> list[str]:
    """Return the commands of a fence of the kind `sh`, one a line, without what is only said beside them."""
    lines = fence.body.replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in lines if line.strip() and not line.lstrip().startswith("#")]
