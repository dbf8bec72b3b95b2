"""Pages of HTML without scripts or anything from outside, in the order in which they are read. Pure.

One heading of the first level, a language, tables with a caption and headers in a region that the keyboard can scroll,
and colours of at least 7 to 1 (WCAG 2.2: 1.3.1, 1.3.2, 1.4.6, 1.4.10, 2.1.1, 2.4.2, 2.4.6, 3.1.1). On a narrow screen
each row of a broad table is a card, whose values have their column's name before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from steward.plain import visible

_PLAIN: Final = (
    "body{font:1.1rem/1.5 Arial,Helvetica,sans-serif;max-width:48rem;margin:1rem auto;padding:0 1rem;color:#111;"
    "background:#fff}h1{font-size:1.7rem;line-height:1.4}h2{margin-top:2rem}h3{margin-top:1.75rem}"
    "table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold;padding:.4rem 0}"
    "th,td{border:1px solid #666;padding:.4rem;text-align:left;vertical-align:top}"
    ".wide{overflow-x:auto;margin:1rem 0}a{color:#00407c}a:focus,.wide:focus{outline:3px solid #111;outline-offset:2px}"
    "li{margin:.3rem 0}dt{font-weight:bold}dd{margin:0 0 .5rem 0;overflow-wrap:anywhere}svg{max-width:100%;height:auto}"
    ".wide svg{min-width:34rem;max-width:56rem}.broad{max-width:80rem}"
    ".verdict{border:3px solid #111;border-left-width:1rem;padding:.6rem 1rem;font-size:1.3rem}"
    ".verdict p,.verdict ul{margin:.3rem 0}h1,h2,h3,li,.verdict{overflow-wrap:anywhere}"
    "table:not([class]) th,table:not([class]) td{overflow-wrap:anywhere}"
    "audio{width:100%;max-width:30rem}@page{margin:12mm}@media print{body{max-width:none;margin:0;padding:0;"
    "font-size:10pt}.wide{overflow:visible}h2,h3,caption{break-after:avoid}tr,svg,.verdict{break-inside:avoid}"
    ".cards{font-size:8pt}.cards th,.cards td{padding:.2rem}.wide svg{min-width:0}}"
)
"""What every page has, whatever is on it."""


def _as_cards(kind: str, width: str) -> str:
    """Return the style by which a table of that class is one card a row on a screen that is no broader than that."""
    # Displayed as blocks, a table is none to a browser any more: its roles keep it one to a screen reader.
    rules = (
        "{kind} thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
        "{kind},{kind} caption,{kind} tbody{display:block}"
        "{kind} tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(18rem,100%),1fr));"
        "border:1px solid #666;padding:.5rem .75rem;margin:0 0 1rem}"
        "{kind} th[scope=row]{grid-column:1/-1;font-size:1.2rem}"
        "{kind} th,{kind} td{border:0;padding:.15rem 0;overflow-wrap:anywhere}"
        "{kind} td{display:grid;grid-template-columns:7.5rem 1fr;gap:.5rem}"
        "{kind} td::before{content:attr(data-head);font-weight:bold}"
    )
    return f"@media screen and (max-width:{width}){{{rules.replace('{kind}', kind)}}}"


_STYLE: Final = _PLAIN + _as_cards(".cards", "70rem") + _as_cards(".few", "34rem")
"""The whole style of every page."""

_BROAD: Final = 5
"""So many columns and more do not fit on a tablet."""
_FEW: Final = 3
"""So many columns and more do not fit on a telephone."""


def text(value: object) -> str:
    """Return a value as text of HTML, of which everything is seen."""
    return escape(visible(value))


def page(title: str, body: Sequence[str], language: str = "en", *, broad: bool = False) -> bytes:
    """Return a page; ``title`` is plain text, ``body`` is HTML. A ``broad`` one has room for tables of many columns."""
    content, kind = "\n".join(body), ' class="broad"' if broad else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{text(_LANGUAGES.get(language, language))}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{text(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body{kind}><main>\n<h1>{text(title)}</h1>\n"
        f"{content}\n</main></body></html>\n"
    ).encode()


_LANGUAGES: Final = {"en": "en-GB"}


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of plain texts whose first column names its row; each row has a text for every head.

    Raises ValueError for a row that has not.
    """
    kind = ' class="cards"' if len(heads) >= _BROAD else ' class="few"' if len(heads) >= _FEW else ""
    head = "".join(f'<th role="columnheader" scope="col">{text(one)}</th>' for one in heads)
    body = "".join(f'<tr role="row">{_cells(heads, row)}</tr>' for row in rows)
    return region(
        caption,
        f'<table role="table"{kind}><caption>{text(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>',
    )


def _cells(heads: Sequence[str], row: Sequence[str]) -> str:
    named = zip(heads[1:], row[1:], strict=True)
    cells = "".join(f'<td role="cell" data-head="{text(head)}">{text(one)}</td>' for head, one in named)
    return f'<th role="rowheader" scope="row">{text(row[0])}</th>{cells}'


def region(name: str, content: str) -> str:
    """Return HTML that may be broader than a screen, in a part that can be moved by keyboard too."""
    return f'<div class="wide" role="region" aria-label="{text(name)}" tabindex="0">{content}</div>'


def listed(lines: Iterable[str]) -> str:
    """Return a list of plain texts; nothing where there is none."""
    items = "".join(f"<li>{text(one)}</li>" for one in lines)
    return f"<ul>{items}</ul>" if items else ""


def verdict(head: str, lines: Sequence[str]) -> str:
    """Return what somebody has to know who reads nothing else: a few words, a sentence, and lines of plain text.

    Raises IndexError where there is no sentence.
    """
    said = f"<p><strong>{text(head)}</strong> {text(lines[0])}</p>"
    return f'<div class="verdict">{said}{listed(lines[1:])}</div>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names and values of plain text, one under the other."""
    return f"<dl>{''.join(f'<dt>{text(name)}</dt><dd>{text(value)}</dd>' for name, value in pairs)}</dl>"
