"""The pages of a package: what a person reads first, in each language of the notice, and the same as CSV. Pure.

HTML without scripts or anything from outside (``steward.rights.html``), with a player for each recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from steward.archive import Entry, as_csv
from steward.policy.model import Policy
from steward.rights.finding.registers import Consent
from steward.rights.html import facts, page, table, text
from steward.rights.letters import long_date
from steward.rights.package.contents import MOMENT, Part, Withheld, london
from steward.rights.package.words import LANGUAGES, Words, words
from steward.rights.requests import SubjectRequest

GONE: Final = "gone"
"""What stands for a recording of which nothing was left."""

_SOUND: Final = (".wav", ".mp3", ".ogg")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a package's pages are made of.

    ``kinds`` are the kinds of identifier that were looked for, never the identifiers; ``recipients`` is who has
    received something, each with the day, as far as the person may be told.
    """

    request: SubjectRequest
    parts: Sequence[Part]
    policy: Policy
    made_on: date
    kinds: Iterable[str] = ()
    recipients: Sequence[tuple[str, str]] = ()


def pages(told: Told) -> Iterator[Entry]:
    """Return all pages: those of each language that the notice and steward both have, and the list as CSV."""
    spoken = [one for one in LANGUAGES if one == "en" or one in told.policy.recording.notice]
    for language in spoken:
        say = words(language)
        other = next((one for one in spoken if one != language), "")
        yield Entry(name=say["index"], content=_index(told, say, language, other))
        yield Entry(name=say["about"], content=_about(told, say, language))
        yield Entry(name=say["searches"], content=_searches(told, say, language))
    yield Entry(name="index.csv", content=listed(told.parts))


def _index(told: Told, say: Words, language: str, other: str) -> bytes:
    request, council = told.request, told.policy.council.name
    intro = say["intro"].format(
        council=council,
        received=long_date(request.received_on, language),
        reference=request.id,
        made=long_date(told.made_on, language),
    )
    there = [(say["about"], say["to_about"]), (say["searches"], say["to_searches"]), ("index.csv", say["to_table"])]
    links = [f'<li><a href="{name}">{text(said)}</a></li>' for name, said in there]
    if other:
        name = words(other)["index"]
        links.append(f'<li><a href="{name}" lang="{other}" hreflang="{other}">{text(say["other"])}</a></li>')
    count = say["count"].format(count=len(told.parts)) if told.parts else say["count_none"]
    body = [
        f"<p>{text(intro)}</p>",
        f"<h2>{text(say['contents'])}</h2>",
        f"<ul>{''.join(links)}</ul>",
        f"<h2>{text(say['held'])}</h2>",
        f"<p>{text(count)}</p>",
        *(_contact(one, say) for one in told.parts),
    ]
    return page(say["title"].format(council=council), body, language)


def _about(told: Told, say: Words, language: str) -> bytes:
    """Return the answers of UK GDPR Article 15(1), from the same policy as the public notice."""
    policy, rights, disclosure = told.policy, told.policy.subject_rights, told.policy.disclosure
    kept = [
        (say.get(name, str(name).replace("_", " ")), say["months"].format(count=period.months))
        for name, period in sorted(policy.retention.items(), key=lambda one: str(one[0]))
    ]
    english = "" if language == "en" else ' lang="en"'
    to = "".join(f"<li{english}>{text(one)}</li>" for one in disclosure.to) if disclosure else ""
    routes = rights.routes.in_language(language) if rights and rights.routes else ()
    body = [
        f"<h2>{text(say['why'])}</h2>",
        f"<p>{text((rights.purposes.get(language) if rights else None) or say['why_text'])}</p>",
        f"<h2>{text(say['source'])}</h2><p>{text(say['source_text'])}</p>",
        f"<h2>{text(say['kinds'])}</h2>",
        table(say["periods"], (say["kind"], say["kept"]), kept),
        f"<p>{text(say['longer'])}</p>",
        f"<h2>{text(say['recipients'])}</h2>",
        f"<ul>{to}</ul><p{english}>{text(disclosure.condition)}</p>" if disclosure else _said(say["recipients_none"]),
        f"<h2>{text(say['received'])}</h2>",
        table(say["received"], (say["who"], say["when"]), told.recipients)
        if told.recipients
        else _said(say["received_none"]),
        *(f"<h2>{text(say[one])}</h2>{_said(say[f'{one}_text'])}" for one in _stated(policy)),
        f"<h2>{text(say['unsatisfied'])}</h2>",
        f"<ol>{''.join(f'<li>{text(one)}</li>' for one in routes)}</ol>",
        f'<p><a href="{say["index"]}">{text(say["title"].format(council=policy.council.name))}</a></p>',
    ]
    return page(say["about_title"].format(council=policy.council.name), body, language)


def _stated(policy: Policy) -> tuple[str, ...]:
    """Return the headings under which one sentence stands; where data is only if it is where that sentence says."""
    london_alone = policy.region.allowed == ("eu-west-2",)
    return (*(("place",) if london_alone else ()), "machines", "rights")


def _searches(told: Told, say: Words, language: str) -> bytes:
    """Return what was looked through, and by what kinds of identifier; never the identifiers themselves."""
    search = told.request.search
    kinds = sorted(say["contact_kind"] if one == "contact" else say.get(one, one) for one in told.kinds)
    months = [(say.get(one, one), say["looked_through"]) for one in (search.partitions if search else ())]
    by = say["looked_by"].format(
        kinds=", ".join(kinds) or "-", count=search.objects if search else 0, looks=search.look if search else 0
    )
    unlisted = [say["unlisted"].format(contact=one) for one in (search.unlisted if search else ())]
    body = [
        f"<p>{text(by)}</p>",
        *(_said(one) for one in unlisted),
        f"<h2>{text(say['by_month'])}</h2>",
        table(say["by_month"], (say["month"], say["outcome"]), months) if months else _said(say["count_none"]),
        f"<h2>{text(say['elsewhere'])}</h2><p>{text(say['elsewhere_text'])}</p>",
        f'<p><a href="{say["index"]}">{text(say["title"].format(council=told.policy.council.name))}</a></p>',
    ]
    return page(say["searches_title"], body, language)


def listed(parts: Sequence[Part]) -> bytes:
    """Return the list of everything as CSV in English: a line for each file, entry and thing withheld."""
    heads = ("number", "contact", "when", "how", "file", "entry", "withheld", "why")
    return as_csv([heads, *_lines(parts, words("en"))])


def _lines(parts: Iterable[Part], say: Words) -> Iterator[tuple[object, ...]]:
    for one in parts:
        start = (one.number, one.contact_id, one.began, _channel(one, say))
        yield from ((*start, entry.name, "", "", "") for entry in one.entries)
        for caption, heads, rows in _registered(one, say):
            named = ("; ".join(f"{head}: {value}" for head, value in zip(heads, row, strict=True)) for row in rows)
            yield from ((*start, "", f"{caption}: {row}", "", "") for row in named)
        stated = (f"{say['disputed']}: {': '.join(said)}" for said in _stated_by_the_person(one, say))
        yield from ((*start, "", said, "", "") for said in stated)
        yield from ((*start, "", "", *_left_out(it, say)) for it in one.withheld)


def _contact(part: Part, say: Words) -> str:
    began = when(part.began, say)
    title = f"{part.number}. {_channel(part, say)}{f', {began}' if began else ''}"
    lines = [f"<h3>{text(title)}</h3>", facts([(say["reference"], part.contact_id), *_facts(part.record, say)])]
    if part.statements:
        said = "".join(f"<li>{text(': '.join(one))}</li>" for one in _stated_by_the_person(part, say))
        lines.append(f"<h4>{text(say['disputed'])}</h4><ul>{said}</ul>")
    if part.entries:
        lines.append(f"<h4>{text(say['files'])}</h4><ul>{''.join(_file(one, say) for one in part.entries)}</ul>")
    lines += [_entries(caption, heads, rows) for caption, heads, rows in _registered(part, say)]
    if part.withheld:
        left_out = "".join(f"<li>{text(' '.join(filter(None, _left_out(it, say))))}</li>" for it in part.withheld)
        lines.append(f"<h4>{text(say['left_out'])}</h4><ul>{left_out}</ul>")
    return f"<section>{''.join(lines)}</section>"


def _entries(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a register's entries as a table; where they say one thing each, as a list: no cell would name another."""
    if len(heads) > 1:
        return table(caption, heads, rows)
    said = "".join(f"<li>{text(f'{heads[0]}: {row[0]}')}</li>" for row in rows)
    return f"<h4>{text(caption)}</h4><ul>{said}</ul>"


def _stated_by_the_person(part: Part, say: Words) -> list[tuple[str, str]]:
    return [(long_date(one.on, say["lang"]), one.statement) for one in part.statements]


def _file(entry: Entry, say: Words) -> str:
    name = entry.name.rpartition("/")[2]
    link = f'<a href="{text(entry.name)}">{text(name)}</a>'
    if not name.lower().endswith(_SOUND):
        return f"<li>{link}</li>"
    label = text(say["listen"].format(name=name))
    return f'<li>{link}<br><audio controls preload="none" src="{text(entry.name)}" aria-label="{label}"></audio></li>'


_Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def _registered(part: Part, say: Words) -> Iterator[_Table]:
    """Return a caption, heads and rows for each register that has something of the contact; no column is empty."""
    found = part.registered
    if found.texts:
        heads = ("when", "what", "purpose", "language", "state", "said")
        texts = ((london(t.at), t.template, t.purpose, t.language, t.status, t.body) for t in found.texts)
        yield _filled(say, "texts", heads, texts)
    if found.consents:
        asked = ("when", "decision", "purpose", "wording")
        yield _filled(say, "consents", asked, (_decided(one, say) for one in found.consents))
    if found.payments:
        paused = ((london(p.paused_at), london(p.resumed_at)) for p in found.payments)
        yield _filled(say, "payments", ("paused", "resumed"), paused)


def _decided(one: Consent, say: Words) -> tuple[str, ...]:
    return london(one.at), say.get(one.decision, one.decision), one.purpose, one.wording_version


def _filled(say: Words, caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> _Table:
    said = [tuple(when(one, say).replace("_", " ") for one in row) for row in rows]
    full = [at for at in range(len(heads)) if at == 0 or any(row[at] for row in said)]
    return say[caption], tuple(say[heads[at]] for at in full), [tuple(row[at] for at in full) for row in said]


def when(moment: str, say: Words) -> str:
    """Return one of London's moments in words; anything else as it is."""
    try:
        at = datetime.strptime(moment, MOMENT)  # noqa: DTZ007 - London's, written by ``london``
    except ValueError:
        return moment
    return f"{long_date(at.date(), say['lang'])}, {at:%H:%M}"


def _left_out(it: Withheld, say: Words) -> tuple[str, str]:
    """Return what was left out and why, each as a sentence; the second is empty where the first says it."""
    if it.what == GONE:
        return say["gone"], ""
    what = f"{say.get(it.record_class, '')}, {it.what}" if it.record_class else it.what
    return (say["part_of"].format(what=what) if it.in_part else what) + ".", say.get(it.ground, "")


def _channel(part: Part, say: Words) -> str:
    return say.get(str(part.record.get("Channel", "")), say["contact"])


def _facts(record: Mapping[str, object], say: Words) -> list[tuple[str, str]]:
    method = str(record.get("InitiationMethod") or "")
    found = [
        (say["began_as"], say.get(method, method)),
        (say["ended"], when(london(record.get("DisconnectTimestamp")), say)),
        (say["team"], str(record.get("Queue") or "")),
    ]
    endpoint = record.get("CustomerEndpoint")
    if isinstance(endpoint, Mapping):
        found.append((say["number"], str(endpoint.get("Address") or "")))
    attributes = record.get("Attributes")
    if isinstance(attributes, Mapping):
        found += [(say["noted"].format(name=name), str(value)) for name, value in sorted(attributes.items())]
    return [(name, value) for name, value in found if value]


def _said(sentence: str) -> str:
    return f"<p>{text(sentence)}</p>"
