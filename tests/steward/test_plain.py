"""What a stranger typed does nothing to whoever reads it: one neutraliser, tried on every kind of output."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.terminal import Careful
from simulator.scenarios.results.timeline import Timeline
from steward.aws.mail import publish
from steward.plain import cell, lines, plain, visible
from steward.rights.html import text

HOSTILE = (
    "\x1b[2J\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "invoice\u202efdp.exe",
    "\u2066hidden\u2069",
    "zero\u200bwidth\ufeff",
    "tag\U000e0041\U000e0042",
    "line\r\nFrom: the data protection officer",
    "\x00\x07\x08\x7f\x85\u2028\u2029",
    "\ud800",
    '=HYPERLINK("http://evil.example","x")',
    "+44 7700 900123",
    "-1+1|cmd",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "see https://evil.example/x and www.evil.example.com or evil.co.uk",
    "javascript:alert(1) mailto:a@evil.com",
)


def _harmless(shown: str) -> bool:
    return all(
        unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        for letter in shown.replace("\n", "")
    )


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_value_is_one_line_in_which_everything_is_seen_and_nothing_is_a_link(typed: str) -> None:
    shown = plain(typed)

    assert _harmless(shown)
    assert "\n" not in shown
    assert not re.search(r"(?i)(https?|javascript|mailto):|www\.|\.(com|uk)\b", shown)


@given(st.text())
def test_whatever_was_typed_nothing_unseen_stays_and_nothing_is_lost(typed: str) -> None:
    shown = visible(typed)

    assert _harmless(shown)
    assert len(shown) >= len(typed)
    assert visible(shown) == shown
    assert plain(plain(typed)) == plain(typed)


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z")) | st.just(" ")))
def test_what_can_be_seen_stays_as_it_is(typed: str) -> None:
    assert visible(typed) == typed


@given(st.text())
def test_no_cell_is_a_formula(typed: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([cell(typed)])
    [[read]] = csv.reader([out.getvalue()])

    assert not read.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    "ours",
    ["docs/runbook.md#errors", "a/b_20270104T10:00_UTC.wav", "CMP-2027/0412", "see events/flag.json", "14.30 Uhr"],
)
def test_names_of_files_and_references_are_left_as_they_are(ours: str) -> None:
    assert plain(ours) == ours


class _Topic:
    def __init__(self) -> None:
        self.sent: dict[str, str] = {}

    def publish(self, **sent: str) -> None:
        self.sent = sent


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_mail_keeps_its_lines_and_no_other_sign(typed: str) -> None:
    topic: Any = _Topic()
    publish(topic, "arn", f"About {typed}", f"First line.\nQuoted: {plain(typed)}\nLast line.")

    assert topic.sent["Message"].count("\n") == 2
    assert _harmless(topic.sent["Message"])
    assert topic.sent["Subject"].isascii()
    assert topic.sent["Subject"].isprintable()
    assert len(topic.sent["Subject"]) <= 100


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_nobody_made_harmless_before_is_made_so_where_mails_leave(typed: str) -> None:
    topic: Any = _Topic()
    publish(topic, "arn", "About", f"First line.\n{typed}")

    assert _harmless(topic.sent["Message"])
    assert not re.search(r"(?i)(https?|javascript|mailto):|www\.|\.(com|uk)\b", topic.sent["Message"])


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_line_of_the_timeline_shows_everything(typed: str) -> None:
    timeline = Timeline()
    timeline.add(datetime(2027, 1, 1, tzinfo=UTC), "event", f"somebody typed {typed}")

    assert _harmless(timeline.rows()[0].text)


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_terminal_is_sent_nothing_that_it_would_obey(typed: str) -> None:
    out = io.StringIO()
    with redirect_stdout(Careful(out)):
        click.echo(f"one\t{typed}\nthree")

    assert _harmless(out.getvalue().replace("\t", ""))


@given(st.text())
def test_json_on_a_terminal_stays_the_same_json(typed: str) -> None:
    out = io.StringIO()
    with redirect_stdout(Careful(out)):
        click.echo(json.dumps({"typed": typed}))

    assert json.loads(out.getvalue()) == {"typed": typed}


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_page_of_a_package_has_no_markup_or_hidden_sign_of_a_stranger(typed: str) -> None:
    shown = text(typed)

    assert _harmless(shown)
    assert "<" not in shown


def test_the_lines_of_a_text_stay_lines() -> None:
    assert lines("one\ntwo\x1b\n") == "one\ntwo\\u001b\n"
