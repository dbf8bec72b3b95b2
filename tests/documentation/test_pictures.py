"""Pictures of what staff see: each is there, and is shown on a page."""

from __future__ import annotations

import json
import re

from documentation.pictures import FOLDER, NAMES, VIEWS, form, guide
from infra.config import ROOT
from infra.synthesis import cached_synthesis


def test_every_picture_is_there_and_shown_on_a_page() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(NAMES)
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert set(re.findall(r"!\[[^\]]+\]\(pictures/([a-z-]+)\.png\)", pages)) == set(NAMES)


def test_what_is_drawn_is_what_is_deployed() -> None:
    page = form(cached_synthesis(ROOT / "policies" / "barnet.toml")).decode()
    for words in ("Reference of the complaint", "Date on which the complaint was received", "Ombudsman"):
        assert words in page
    body = json.loads((VIEWS / "paused.json").read_text(encoding="utf-8"))["Body"]
    assert all(one["Content"][0] in guide().decode() for one in body)
