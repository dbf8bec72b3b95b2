"""The pages of a package: what a person reads first. HTML without scripts or anything from outside, and CSV. Pure.

Headings in order, a language, tables with their headers, plain words: a page that a screen reader reads from its top to
its end (WCAG 2.2: 1.3.1, 1.3.2, 2.4.2, 2.4.6, 3.1.1).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Final

from steward.policy.model import Policy
from steward.rights.package.contents import GROUNDS, Part
from steward.rights.requests import SubjectRequest

_STYLE: Final = (
    "body{font:1.1rem/1.5 sans-serif;max-width:45rem;margin:1rem auto;padding:0 1rem;color:#111;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #666;padding:.4rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}a{color:#00468c}"
)


def index(request: SubjectRequest, parts: Sequence[Part], policy: Policy, made_on: date) -> bytes:
    """Return the first page: what is there, and what was withheld."""
    body = [
        (
            f"<p>This is the copy of your data that you asked {_t(policy.council.name)} for on "
            f"{request.received_on:%d %B %Y} (reference {_t(request.id)}). "
            f"It was put together on {made_on:%d %B %Y}.</p>"
        ),
        (
            '<p><a href="about.html">Why we have your data, who has received it, and your rights</a>. '
            '<a href="searches.html">Where we looked</a>. <a href="index.csv">The list below as a table file</a>.</p>'
        ),
        "<h2>What we hold</h2>",
        *(_contact(one) for one in parts),
        *(["<p>We looked and found no contact with you.</p>"] if not parts else []),
    ]
    return _page(f"Your data, {_t(policy.council.name)}", body)


def about(policy: Policy) -> bytes:
    """Return the answers of Article 15(1), from the same policy as the public notice."""
    kept = [
        (name.replace("_", " "), f"{period.months} months")
        for name, period in sorted(policy.retention.items(), key=lambda one: str(one[0]))
    ]
    to = policy.disclosure
    body = [
        "<h2>Why we have it</h2>",
        (
            "<p>Calls and messages to the council are recorded to carry out its public tasks: to answer you, to train "
            "and review our staff, and to look into complaints.</p>"
        ),
        "<h2>Where it comes from</h2><p>From you, when you were in touch with us, and from our telephone system.</p>",
        "<h2>How long it is kept</h2>",
        _table(("Kind of record", "Kept for"), kept),
        "<h2>Who may receive it</h2>",
        f"<p>{_t('; '.join(to.to))}. {_t(to.condition)}</p>" if to else "<p>Nobody outside the council.</p>",
        "<h2>Decisions by machines</h2><p>None is made about you from these records.</p>",
        "<h2>Your rights</h2>",
        "<p>You can ask us to correct or erase your data or to restrict its use, and you can object to it.</p>",
        "<h2>If you are not satisfied</h2>",
        (
            "<ol><li>Complain to us: we acknowledge it within 30 days.</li>"
            "<li>Complain to the Information Commissioner (ico.org.uk).</li><li>Go to a court.</li></ol>"
        ),
    ]
    return _page(f"About your data, {_t(policy.council.name)}", body)


def searches(request: SubjectRequest, kinds: Iterable[str]) -> bytes:
    """Return what was looked through, and by what kinds of identifier; never the identifiers themselves."""
    search = request.search
    rows = [
        (one if one != "errors" else "records that could not be filed", "looked through") for one in _months(search)
    ]
    body = [
        (
            f"<p>We looked for you by: {_t(', '.join(sorted(kinds)) or 'what you gave us')}. "
            f"{search.objects if search else 0} files with contact records were read.</p>"
        ),
        "<h2>Contact records, by month</h2>",
        _table(("Month", "Outcome"), rows),
        "<h2>For each contact</h2><p>Recordings, transcripts, messages, attachments and reviews.</p>",
    ]
    return _page("Where we looked", body)


def as_csv(parts: Sequence[Part]) -> bytes:
    """Return the list of everything, a line for each file and for each thing withheld."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["number", "contact", "when", "how", "file", "withheld", "why"])
    for one in parts:
        start = [one.number, one.contact_id, one.began, one.channel]
        table.writerows([*start, entry.name, "", ""] for entry in one.entries)
        table.writerows(
            [*start, "", f"{'part of ' if it.in_part else ''}{it.what}", GROUNDS.get(it.ground, "")]
            for it in one.withheld
        )
    return out.getvalue().encode("utf-8-sig")


def _contact(part: Part) -> str:
    facts = [("Reference of the contact", part.contact_id), *_facts(part.record)]
    lines = [
        f"<h3>{part.number}. {_t(part.channel)}{f', {_t(part.began)}' if part.began else ''}</h3>",
        _table(("What", "Value"), facts),
    ]
    if part.entries:
        links = "".join(
            f'<li><a href="{_t(one.name)}">{_t(one.name.rpartition("/")[2])}</a></li>' for one in part.entries
        )
        lines.append(f"<h4>Files</h4><ul>{links}</ul>")
    if part.withheld:
        left_out = "".join(
            f"<li>{'Part of: ' if one.in_part else ''}{_t(one.what)}. {_t(GROUNDS.get(one.ground, ''))}</li>"
            for one in part.withheld
        )
        lines.append(f"<h4>What we had to leave out</h4><ul>{left_out}</ul>")
    return "\n".join(lines)


def _facts(record: Mapping[str, object]) -> list[tuple[str, str]]:
    names = {"InitiationMethod": "Began as", "Queue": "Team", "DisconnectTimestamp": "Ended"}
    found = [(said, str(record[name])) for name, said in names.items() if record.get(name)]
    endpoint = record.get("CustomerEndpoint")
    if isinstance(endpoint, Mapping) and endpoint.get("Address"):
        found.append(("Your number or address", str(endpoint["Address"])))
    attributes = record.get("Attributes")
    if isinstance(attributes, Mapping):
        found += [(str(name), str(value)) for name, value in sorted(attributes.items()) if value]
    return found


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{_t(one)}</th>' for one in heads)
    lines = (
        f'<tr><th scope="row">{_t(row[0])}</th>{"".join(f"<td>{_t(one)}</td>" for one in row[1:])}</tr>' for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _months(search: object) -> Sequence[str]:
    return getattr(search, "partitions", ())


def _page(title: str, body: Sequence[str]) -> bytes:
    content = "\n".join(body)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main>\n<h1>{title}</h1>\n{content}\n</main></body></html>\n"
    ).encode()


def _t(text: str) -> str:
    return escape(str(text))
