"""What is known against the packages that ship, as the OSV index answers; ``make sbom`` prints it.

https://google.github.io/osv.dev/post-v1-querybatch/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

INDEX: Final = "https://api.osv.dev/v1/querybatch"
PATIENCE: Final = 10
"""Seconds."""

Ask = Callable[[bytes], bytes]


class NoAnswer(Exception):
    """The index did not answer, or not in its own form: nothing is known, which is no good news."""


def known(packages: Sequence[tuple[str, str]], ask: Ask | None = None) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the ids of what is known against each package, a name and a version.

    Raises ``NoAnswer`` if the index is silent.
    """
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages]
    try:
        answer: Any = json.loads((ask or _ask)(json.dumps({"queries": queries}).encode()))
        results = answer["results"]
        found = [tuple(str(one["id"]) for one in result.get("vulns", ())) for result in results]
    except (URLError, OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise NoAnswer(type(problem).__name__) from problem
    if len(found) != len(packages):
        raise NoAnswer("an answer for other packages")
    return dict(zip(packages, found, strict=True))


def _ask(body: bytes) -> bytes:
    request = Request(INDEX, data=body, headers={"content-type": "application/json"}, method="POST")
    with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the address is fixed, and https
        found: bytes = answer.read(10_000_000)
    return found
