"""The statement as a page: the same numbers as the JSON, for somebody who has a minute. Pure.

No scripts and nothing from outside; every colour is said in words too; each picture has its table under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from steward.clock import LONDON
from steward.rights.html import facts, listed, page, region, table, text, verdict

SENTENCES: Final = {
    "nothing_older": "Nothing older than the policy is held",
    "holds_whole": "Every hold is whole",
    "disposals_proven": "Every disposal is proven",
}

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP, _KEY = 720, 150, 150, 30, 26, 24
_LEAST: Final = 4
"""Of a class that a store has at all, so much is drawn: units of the picture."""

_CLASSES: Final = (
    ("within", "within its period", "#00407c", ""),
    ("in_grace", "in its days of grace", "#5c6900", "M0 8L8 0"),
    ("noncurrent", "hidden, leaving within a day", "#595959", "M4 0V8"),
    ("held", "held for a case", "#5b2a86", "M0 4H8"),
    ("wrong", "overdue, or locked without a reason", "#8a1020", "M0 0L8 8M0 8L8 0"),
)
"""What a bar is cut into: each has a pattern of its own, so that its colour is not needed to tell it."""

_AMISS: Final = (
    ("overdue", "overdue"),
    ("held_unexplained", "locked without a reason"),
    ("restarted_age", "written anew"),
    ("left_early", "left too early"),
)
"""What of a store's numbers says that something is wrong there."""


def statement_page(said: Mapping[str, Any]) -> bytes:
    """Return the page of a statement, given as its JSON has it."""
    period = said["period"]
    title = f"Retention statement, {_name(period)}"
    stores = said["stores"]
    body = [
        (
            f"<p><strong>{text(said['council'])}</strong>, environment {text(said['environment'])}. "
            f"Made {_moment(said['made_at'])}.</p>"
        ),
        _verdict(said),
        "<h2>The three sentences</h2>",
        *(_sentence(name, one) for name, one in said["propositions"].items()),
        "<h2>What is held, store by store</h2>",
        region("Picture of the stores", _picture(stores)),
        table(
            "Object versions in each store",
            (
                "Store",
                "Kept",
                "Versions",
                "Size",
                "Within",
                "In grace",
                "Overdue",
                "Hidden",
                "Held",
                "Oldest",
                "Counted",
            ),
            [_held(one) for one in stores],
        ),
        "<h2>What came and what left</h2>",
        table(
            "Between two counts",
            ("Store", "From", "To", "Before", "Arrived", "Left", "Left too early"),
            [_moved(one) for one in stores],
        ),
        "<h2>Holds and disposals</h2>",
        facts(_numbers(said["holds"], said["disposals"])),
        "<h2>Exceptions</h2>",
        f"<p>{said['exceptions']['count']} are listed in a file of their own, because they name objects: "
        f"{text(said['exceptions']['key'])}. Fewer people may read it.</p>"
        if said["exceptions"]["count"]
        else "<p>None.</p>",
        "<h2>What this does not cover</h2>",
        listed(said["not_covered"]),
        "<h2>How to check it</h2>",
        (
            "<p>Beside this page lies <code>envelope.json</code>, which is signed and names the digest of this page. "
            "<code>steward verify-statement</code> checks it without AWS; docs/statement.md says how openssl does.</p>"
        ),
        facts(
            [
                ("Policy", f"version {said['policy']['version']}, SHA-256 {said['policy']['sha256']}"),
                ("Period", f"{_moment(period['from'])} to {_moment(period['to'])}"),
            ]
        ),
    ]
    return page(title, body, broad=True)


def _verdict(said: Mapping[str, Any]) -> str:
    values = [one["value"] for one in said["propositions"].values()]
    where = [*_amiss(said), *_unseen(said["stores"])]
    if False in values:
        head = "✗ Something is wrong."
        wrong = [SENTENCES[name].lower() for name, one in said["propositions"].items() if one["value"] is False]
        rest = [f"Not true: {'; '.join(wrong)}.", *where]
    elif all(value is True for value in values):
        head, rest = "✓ Nothing is wrong.", ["All three sentences are true."]
    else:
        head = "? Not everything could be shown."
        rest = ["What is not shown is not proven; it may be true or not.", *where]
    return verdict(head, rest)


def _amiss(said: Mapping[str, Any]) -> list[str]:
    """Return for each store what is wrong there, in counts."""
    found = []
    for one in said["stores"]:
        parts = [f"{_number(one[name])} {what}" for name, what in _AMISS if one[name]]
        if one["period_months"] is None:
            holds = said["holds"]
            named = (("broken", "gone or changed"), ("partial", "not whole"), ("orphans", "not on the register"))
            parts += [f"{_number(holds[name])} {what}" for name, what in named if holds[name]]
        if parts:
            found.append(f"{_store(one)}: {', '.join(parts)}")
    return found


def _unseen(stores: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{_store(one)}: not counted" for one in stores if one["inventory"] is None]


def _sentence(name: str, one: Mapping[str, Any]) -> str:
    because = [_plain(why) for why in one["because"]] or ["Nothing to the contrary was found."]
    return f"<h3>{text(SENTENCES[name])}: {_answer(one['value'])}</h3>{listed(because)}"


def _plain(why: str) -> str:
    """Return a reason with the name of its store as people write it."""
    store, colon, rest = why.partition(": ")
    return f"{store.replace('_', ' ')}{colon}{rest}" if colon else why


def _answer(value: object) -> str:
    return {True: "✓ true", False: "✗ false"}.get(value, "? not shown") if isinstance(value, bool) else "? not shown"


def _held(one: Mapping[str, Any]) -> Sequence[str]:
    kept = f"{one['period_months']} months" if one["period_months"] else "until its case ends"
    if one["inventory"] is None:
        return (_store(one), kept, *("not shown",) * 8, "; ".join(one["not_shown"]))
    return (
        _store(one),
        kept,
        _number(one["versions"]),
        _size(one["bytes"]),
        *(
            _number(one[name]) if one["period_months"] else "does not apply"
            for name in ("within", "in_grace", "overdue", "noncurrent")
        ),
        _held_number(one),
        _day(one["oldest"]),
        _moment(one["inventory"]["scanned_from"]),
    )


def _held_number(one: Mapping[str, Any]) -> str:
    unexplained = one["held_unexplained"]
    return f"{_number(one['held'])} and {unexplained} without a reason" if unexplained else _number(one["held"])


def _moved(one: Mapping[str, Any]) -> Sequence[str]:
    before, now = one["inventory_before"], one["inventory"]
    if before is None or now is None:
        return (_store(one), *("not shown",) * 5, "; ".join(one["disposals_not_shown"]))
    return (
        _store(one),
        _day(before["scanned_from"]),
        _day(now["scanned_from"]),
        *(_number(one[name]) for name in ("versions_before", "arrived", "left", "left_early")),
    )


def _numbers(holds: Mapping[str, Any], disposals: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (
            "Cases with a hold",
            f"{holds['cases']}, with {holds['contacts']} contacts and {holds['artefacts']} held copies",
        ),
        ("Holds of contacts that are whole", f"{holds['whole']}; partial {holds['partial']}"),
        ("Copies that are not as the register says", f"{holds['broken']}; not on the register {holds['orphans']}"),
        ("Copies read and hashed again this time", str(holds["sample_rehashed"])),
        ("Deletions announced in the period", f"{disposals['announced']}; confirmed by S3 {disposals['confirmed']}"),
        (
            "Announced and not confirmed within two days",
            f"{disposals['unconfirmed']}; gone unannounced {disposals['unannounced']}",
        ),
    ]


def _picture(stores: Sequence[Mapping[str, Any]]) -> str:
    """Return a bar for each store, cut by what its versions are; the widest store has the whole width."""
    most = max((one["versions"] or 0 for one in stores), default=0) or 1
    top = _TOP + _ROW * len(stores) + 8
    height = top + _KEY * len(_CLASSES)
    bars = "".join(_bar(one, number, most) for number, one in enumerate(stores))
    legend = "".join(
        f'<rect x="0" y="{top + _KEY * n}" width="34" height="16" fill="url(#of-{name})"/>'
        f'<text x="44" y="{top + _KEY * n + 13}">{text(label)}</text>'
        for n, (name, label, _, _) in enumerate(_CLASSES)
    )
    patterns = "".join(
        f'<pattern id="of-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{colour}"/><path d="{lines}" stroke="#fff" stroke-width="1.5"/></pattern>'
        for name, _, colour, lines in _CLASSES
    )
    return (
        f'<svg role="img" aria-labelledby="bars-title bars-text" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="Arial,Helvetica,sans-serif" font-size="15" fill="#111">'
        f'<title id="bars-title">Object versions by store</title>'
        f'<desc id="bars-text">A bar for each of {len(stores)} stores, as long as it has object versions. '
        f"The table below says the same.</desc><defs>{patterns}</defs>{bars}{legend}</svg>"
    )


def _bar(one: Mapping[str, Any], number: int, most: int) -> str:
    top = _TOP + number * _ROW - 20
    label = f'<text x="0" y="{top + 14}">{text(_store(one))}</text>'
    if one["inventory"] is None:
        return f'{label}<text x="{_LEFT}" y="{top + 14}">? not shown</text>'
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    wrong = (one["overdue"] or 0) + (one["held_unexplained"] or 0)
    counts = {name: wrong if name == "wrong" else one[name] or 0 for name, *_ in _CLASSES}
    x, cuts = float(_LEFT), []
    room = most * scale - _LEAST * (len(counts) - 1)
    for name, count in counts.items():
        if count:
            width = max(min(count * scale, room), _LEAST)
            cuts.append(f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="20" fill="url(#of-{name})"/>')
            x += width
    said = f"{_number(one['versions'])}{f', ✗ {_number(wrong)}' if wrong else ''}"
    return f'{label}{"".join(cuts)}<text x="{x + 6:.0f}" y="{top + 14}">{said}</text>'


def _store(one: Mapping[str, Any]) -> str:
    return str(one["store"]).replace("_", " ")


def _number(value: int | None) -> str:
    return "not shown" if value is None else f"{value:,}"


def _size(value: int) -> str:
    size, unit = float(value), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:  # noqa: PLR2004 - decimal units, as S3's console shows them
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"


def _name(period: Mapping[str, str]) -> str:
    begins = datetime.fromisoformat(period["from"]).astimezone(LONDON)
    asked = " so far" if period["name"].startswith("on-demand") else ""
    return f"{begins:%B %Y}{asked}"


def _day(moment: str | None) -> str:
    if moment is None:
        return "none"
    local = datetime.fromisoformat(moment).astimezone(LONDON)
    return f"{local.day} {local:%B %Y}"


def _moment(moment: str) -> str:
    local = datetime.fromisoformat(moment).astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"
