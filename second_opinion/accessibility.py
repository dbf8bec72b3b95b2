"""axe-core, by Deque: what of a page somebody who does not see it, or does not use a mouse, would stumble over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deployment.npm import PackageError, fetched
from second_opinion.own_python import HOME, NotHereError

if TYPE_CHECKING:
    from second_opinion.browser import Browser

NAME: Final = "axe-core"
VERSION: Final = "4.14.1"
INTEGRITY: Final = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="

_OPTIONS: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
"""Every rule that axe has for WCAG 2.2, and the contrast of 7 to 1 that it leaves out unless it is asked (https://github.com/dequelabs/axe-core/blob/develop/doc/
rule-descriptions.md)."""

_SIDEWAYS: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""By how many pixels the page itself has to be scrolled sideways (WCAG 2.2, 1.4.10)."""


@dataclass(frozen=True, order=True)
class Problem:
    """A rule that something on a page does not keep; or, not ``certain``, of which axe cannot say."""

    rule: str
    where: str
    certain: bool = True


def script() -> str:
    """Return axe itself. Raises NotHereError where it cannot be had."""
    try:
        return (fetched(NAME, VERSION, INTEGRITY, HOME / "axe") / "axe.min.js").read_text(encoding="utf-8")
    except PackageError as error:
        raise NotHereError(str(error)) from error


def judge(browser: Browser, axe: str, page: bytes, width: int) -> frozenset[Problem]:
    """Return what axe finds on a page at that width, and whether it has to be scrolled sideways."""
    browser.show(page, width)
    browser.run(axe)
    said: dict[str, Any] = browser.run(f"axe.run(document, {json.dumps(_OPTIONS)})")
    found = {
        Problem(rule["id"], " ".join(map(str, place["target"])), kind == "violations")
        for kind in ("violations", "incomplete")
        for rule in said[kind]
        for place in rule["nodes"]
    }
    if not said["passes"] and not found:
        raise NotHereError("axe applied no rule at all")
    over = browser.run(_SIDEWAYS)
    return frozenset(found | ({Problem("scrolls-sideways", f"{over} pixels")} if over > 0 else set()))
