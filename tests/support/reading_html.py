"""A page as a screen reader takes it: the checks of accessibility that can be made without a browser."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

_VOID = frozenset({"meta", "br", "img", "link", "input", "rect", "line"})
_OUTSIDE = ("http:", "https:", "//", "javascript:", "data:")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.headings: list[int] = []
        self.seen: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.refers: list[str] = []
        self.open: list[str] = []
        self.language = ""
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.seen[tag] += 1
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "html":
            self.language = found.get("lang", "")
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag in {"script", "iframe", "object", "embed", "form"} or any(name.startswith("on") for name in found):
            self.problems.append(f"{tag}: a page has nothing that runs")
        self._look(tag, found)

    def _look(self, tag: str, found: dict[str, str]) -> None:
        """Note what is wrong with one element's attributes."""
        if tag == "th" and found.get("scope") not in {"col", "row"}:
            self.problems.append("th: without scope")
        if tag in {"audio", "svg", "img"} and not {"aria-label", "aria-labelledby", "alt"} & found.keys():
            self.problems.append(f"{tag}: without a name")
        if "id" in found:
            self.ids[found["id"]] += 1
        self.refers += [one for name in ("aria-labelledby", "aria-describedby") for one in found.get(name, "").split()]
        for name in ("href", "src"):
            if found.get(name, "").lower().startswith(_OUTSIDE):
                self.problems.append(f"{tag}: {name} leads outside")
        if found.get("tabindex", "0") not in {"0", "-1"}:
            self.problems.append(f"{tag}: changes the order of reading")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{tag}: closed where it is not open")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def problems(page: bytes) -> list[str]:
    """Return what a reader would stumble over: no language or title, jumps of headings, names that are missing."""
    reader = _Reader()
    text = page.decode()
    reader.feed(text)
    reader.close()
    found = list(reader.problems)
    if not text.startswith("<!DOCTYPE html>"):
        found.append("the page has no document type")
    if not reader.language:
        found.append("html: without a language")
    if reader.seen["title"] < 1 or reader.seen["main"] != 1 or reader.headings.count(1) != 1:
        found.append("one title, one main part and one first heading are needed")
    for before, after in zip(reader.headings, reader.headings[1:], strict=False):
        if after > before + 1:
            found.append(f"h{after} follows h{before}")
    if reader.open:
        found.append(f"not closed: {reader.open}")
    found += [f"id {name} is there {count} times" for name, count in reader.ids.items() if count > 1]
    found += [f"{name} is referred to and not there" for name in reader.refers if name not in reader.ids]
    if reader.seen["table"] != reader.seen["caption"]:
        found.append("table: without a caption")
    return found
