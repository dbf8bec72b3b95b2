"""Pictures of what staff see: ``python -m documentation.pictures`` draws ``docs/pictures`` with a real browser.

What they show is made, not painted: the form is the deployed one's questions, the guide is the deployed views' texts,
messages and the register are what comes of the story in ``documentation/pictures.jsonl`` on the embedded AWS. Only the
frame of Amazon Connect's console, and of a mail program, is ours. The browser is the one that ``make second-opinion``
shows every page to.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from infra.config import ROOT
from infra.ending import alone, complain
from infra.synthesis import cached_synthesis
from second_opinion.browser import running
from second_opinion.own_python import NotHereError
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from steward.clock import london_date
from steward.names import EVIDENCE_STORE
from steward.policy.load import load_policy
from steward.rights.adapters.rows import read_request
from steward.rights.clock.deadlines import Promise
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.html import text
from steward.rights.overview.lines import line
from steward.rights.overview.page import register_page

FOLDER: Final = ROOT / "docs" / "pictures"
STORY: Final = Path(__file__).with_name("pictures.jsonl")
POLICY: Final = ROOT / "policies" / "barnet.toml"
VIEWS: Final = ROOT / "infra" / "contact_flows" / "views"
COUNTED: Final = datetime(2027, 3, 1, 9, tzinfo=UTC)
"""When the story's month has its statement."""

_STYLE: Final = (
    "body{font:15px/1.45 Arial,Helvetica,sans-serif;margin:0;padding:24px;background:#f2f3f3;color:#16191f}"
    ".card{background:#fff;border:1px solid #d5dbdb;border-radius:6px;padding:18px 22px;margin:0 0 16px;"
    "max-width:720px}"
    "h1{font-size:20px;margin:0 0 2px}h2{font-size:16px;margin:0 0 10px}.small{color:#545b64;font-size:13px}"
    "label{display:block;font-weight:bold;margin:14px 0 4px}.field{border:1px solid #aab7b8;border-radius:3px;"
    "padding:7px 9px;color:#687078;max-width:420px}.option{margin:5px 0}"
    ".radio{display:inline-block;width:10px;height:10px;border:1.5px solid #545b64;border-radius:50%}"
    ".button{display:inline-block;margin-top:16px;"
    "background:#0073bb;color:#fff;border-radius:3px;padding:8px 18px;font-weight:bold}"
    "pre{white-space:pre-wrap;margin:10px 0 0;"
    "font:14px/1.45 Arial,Helvetica,sans-serif}"
    ".paused{border-left:8px solid #d13212}.ready{border-left:8px solid #1d8102}"
)


@dataclass(frozen=True)
class Picture:
    """A page to be drawn, from its head; its size is in pixels."""

    name: str
    page: bytes
    width: int
    height: int


def _framed(cards: Sequence[str]) -> bytes:
    content = "\n".join(cards)
    return f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><style>{_STYLE}</style>{content}</html>'.encode()


def form(assembly: Path) -> bytes:
    """Return the form "Complaint" as its template declares it."""
    [template] = assembly.glob("*-controls.template.json")
    resources = json.loads(template.read_text(encoding="utf-8"))["Resources"].values()
    [found] = [one["Properties"] for one in resources if one["Type"] == "AWS::Connect::EvaluationForm"]
    section = found["Items"][0]["Section"]
    questions = "".join(_question(item["Question"]) for item in section["Items"])
    head = f'<h1>{text(found["Title"])}</h1><div class="small">{text(found["Description"])}</div>'
    return _framed(
        [
            f'<div class="card">{head}</div>',
            f'<div class="card"><h2>{text(section["Title"])}</h2>{questions}{_SUBMIT}</div>',
        ]
    )


_SUBMIT: Final = '<div class="button">Submit</div>'


def _question(question: dict[str, Any]) -> str:
    hint = f'<div class="small">{text(question["Instructions"])}</div>' if question.get("Instructions") else ""
    match question["QuestionType"]:
        case "SINGLESELECT":
            options = question["QuestionTypeProperties"]["SingleSelect"]["Options"]
            answer = "".join(
                f'<div class="option"><span class="radio"></span> {text(one["Text"])}</div>' for one in options
            )
        case "DATETIME":
            answer = '<div class="field">YYYY/MM/DD</div>'
        case _:
            answer = '<div class="field">Enter an answer</div>'
    return f"<label>{text(question['Title'])}</label>{hint}{answer}"


def guide() -> bytes:
    """Return the two views of the agent's guide for payments."""
    cards = []
    for name in ("ready", "paused"):
        body = json.loads((VIEWS / f"{name}.json").read_text(encoding="utf-8"))["Body"]
        words = {one["Type"]: one["Content"][0] for one in body}
        button = f'<div class="button">{text(words["Button"])}</div>'
        cards.append(f'<div class="card {name}"><h1>{text(words["Header"])}</h1>{button}</div>')
    return _framed(cards)


def told(running: Replay) -> bytes:
    """Return the messages of the story as mails."""
    cards = [
        f'<div class="card"><h2>{text(one.subject)}</h2><div class="small">To the {_team(one.topic)}</div>'
        f"<pre>{escape(one.message)}</pre></div>"
        for one in running.world.notifications
        if one.subject
    ]
    return _framed(cards[:4])


def _team(topic: str) -> str:
    return "information team" if "Information" in topic else "complaints team"


def register(running: Replay) -> bytes:
    """Return the register of people's requests as ``steward request list --format html`` writes it.

    Raises LookupError where the policy has no section about requests.
    """
    policy = load_policy(POLICY)
    rights, world = policy.subject_rights, running.world
    if rights is None:
        raise LookupError(f"{POLICY.name} has no section subject_rights")
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for page in world.client("dynamodb").get_paginator("scan").paginate(TableName=world.names.tables["RightsRequests"]):
        for row in page["Items"]:
            if row["pk"]["S"].startswith("REQUEST#"):
                rows[row["pk"]["S"]].append(row)
    promise = Promise(days=rights.answer_within_days, extends=rights.promise_extends)
    today = london_date(world.clock.now())
    found = [one.request for one in map(read_request, rows.values()) if one is not None]
    lines = [line(one, promise, ENGLAND_AND_WALES, today) for one in found]
    return register_page(policy.council.name, lines, today)


def kept(running: Replay, folder: str) -> bytes:
    """Return the last page that lies in a folder of the evidence store. Raises LookupError where there is none."""
    world = running.world
    bucket = world.names.buckets[EVIDENCE_STORE]
    pages = [
        one.key for one in world.s3.stores_state(bucket) if one.key.startswith(folder) and one.key.endswith(".html")
    ]
    if not pages:
        raise LookupError(f"the evidence store has no page under {folder}")
    body: bytes = world.client("s3").get_object(Bucket=bucket, Key=max(pages))["Body"].read()
    return body


STATEMENT_AT: Final = {"statement": 1280, "statement-tablet": 820, "statement-telephone": 360}
"""Widths, in pixels, at which somebody may open it."""

NAMES: Final = ("complaint-form", "payment-guide", "messages", "requests", "register", *STATEMENT_AT)
"""What is drawn."""


def pictures() -> Iterator[Picture]:
    """Yield every page, in the order of ``NAMES``."""
    yield Picture("complaint-form", form(cached_synthesis(POLICY)), 800, 560)
    yield Picture("payment-guide", guide(), 800, 340)
    story = read_scenario(STORY)
    with Replay.start(story, file=STORY, policy=POLICY) as replay:
        replay.run_until(story[-1].at)
        yield Picture("messages", told(replay), 800, 930)
        yield Picture("requests", register(replay), 1300, 960)
        replay.run_until(COUNTED)
        yield Picture("register", kept(replay, "register/"), 1200, 900)
        statement = kept(replay, "statements/2")
        for name, width in STATEMENT_AT.items():
            yield Picture(name, statement, width, 1560)


def main() -> int:
    """Draw them all; 2 where there is no browser."""
    FOLDER.mkdir(exist_ok=True)
    try:
        with running() as browser:
            for picture in pictures():
                browser.show(picture.page, picture.width, picture.height)
                target = FOLDER / f"{picture.name}.png"
                target.write_bytes(browser.picture())
                sys.stdout.write(f"{target.relative_to(ROOT)}\n")
    except NotHereError as problem:
        complain(f"there is nothing to draw with: {problem}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(alone(main, __doc__))
