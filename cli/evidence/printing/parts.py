"""The parts of a page of steward's own, in the order in which they are read. Pure.

The page is what was signed, so the PDF is made from it and from nothing else: whatever is on it is in the parts, and a
page with something on it that has no part is refused rather than set without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

Part = dict[str, Any]

_PICTURE: Final = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_FONT: Final = ('font-family="Arial,Helvetica,sans-serif"', 'font-family="Libertinus Serif"')
"""The page's font may not be there; typst brings this one with it."""

_FRAMES: Final = frozenset({"", "html", "body", "main", "div"})
"""What only holds other elements; the first is the page itself."""
_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3}
_EMPTY: Final = frozenset({"meta"})


class UnknownPartError(Exception):
    """The page has something on it that steward's pages do not have; the text names the element."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page's title, its language as the page says it (such as ``en-GB``), and its parts."""

    title: str
    language: str
    parts: tuple[Part, ...]


@dataclass
class _Element:
    """An element with what is in it; of a picture, ``text`` is the whole."""

    tag: str
    said: dict[str, str] = field(default_factory=dict)
    inside: list[_Element | str] = field(default_factory=list)
    text: str = ""

    def of(self, *tags: str) -> Iterator[_Element]:
        """Yield the elements of these kinds inside it, however deep, in their order."""
        for one in self.inside:
            if isinstance(one, _Element):
                if one.tag in tags:
                    yield one
                yield from one.of(*tags)

    def words(self) -> str:
        """Return the text inside it."""
        return "".join(one if isinstance(one, str) else one.words() for one in self.inside)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [_Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in _EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise UnknownPartError(f"the page ends an element <{tag}> that it has not begun")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parts(page: bytes) -> Page:
    """Read a page. Raises ``UnknownPartError``."""
    reader, text, end = _Reader(), page.decode(), 0
    for picture in _PICTURE.finditer(text):
        reader.feed(text[end : picture.start()])
        reader.open[-1].inside.append(_Element("svg", text=picture[0]))
        end = picture.end()
    reader.feed(text[end:])
    reader.close()
    whole = reader.open[0]
    languages = [one.said.get("lang", "") for one in whole.of("html")]
    titles = [one.words() for one in whole.of("title")]
    if len(reader.open) != 1 or len(languages) != 1 or len(titles) != 1:
        raise UnknownPartError("the page has not one language and one title, or does not end")
    return Page(title=titles[0], language=languages[0], parts=tuple(_parts(whole)))


def _parts(holder: _Element) -> Iterator[Part]:
    for one in holder.inside:
        if isinstance(one, str):
            if one.strip():
                raise UnknownPartError("the page has a text that stands in no paragraph")
        elif one.tag in _FRAMES and one.said.get("class") != "verdict":
            yield from _parts(one)
        elif one.tag != "head":
            yield _part(one)


def _part(one: _Element) -> Part:
    match one.tag:
        case "div":
            part: Part = {"kind": "box", "parts": list(_parts(one))}
        case "h1" | "h2" | "h3":
            part = {"kind": "heading", "level": _HEADINGS[one.tag], "text": one.words()}
        case "p":
            part = {"kind": "paragraph", "runs": [_run(inside) for inside in one.inside]}
        case "ul":
            part = {"kind": "list", "items": [item.words() for item in one.of("li")]}
        case "dl":
            words = [item.words() for item in one.of("dt", "dd")]
            part = {"kind": "facts", "pairs": [list(pair) for pair in zip(words[::2], words[1::2], strict=True)]}
        case "table":
            part = _table(one)
        case "svg":
            part = _picture(one.text)
        case _:
            raise UnknownPartError(f"the page has an element <{one.tag}>, which no page of steward's has")
    return part


def _run(inside: _Element | str) -> dict[str, Any]:
    if isinstance(inside, str):
        return {"text": inside, "strong": False}
    if inside.tag not in {"strong", "code"}:
        raise UnknownPartError(f"a paragraph has an element <{inside.tag}>, which no page of steward's has")
    return {"text": inside.words(), "strong": inside.tag == "strong"}


def _table(one: _Element) -> Part:
    head, *rows = [[cell.words() for cell in row.of("th", "td")] for row in one.of("tr")]
    [caption] = [inside.words() for inside in one.of("caption")]
    if any(len(row) != len(head) for row in rows):
        raise UnknownPartError("a table has a row of another length than its head")
    return {"kind": "table", "caption": caption, "heads": head, "rows": rows}


def _picture(svg: str) -> Part:
    reader = _Reader()
    reader.feed(svg)
    named = ". ".join(one.words().rstrip(".") for one in reader.open[0].of("title", "desc"))
    whole = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(*_FONT)
    return {"kind": "picture", "svg": whole, "alt": f"{named}."}
