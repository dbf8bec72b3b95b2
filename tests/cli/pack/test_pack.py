"""``steward pack``: what is in the archive, read back from its bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
import zipfile
from pathlib import Path

import pytest

from cli.main import run
from cli.pack.accountability import NO_ARTEFACT, NO_CONTROL, artefacts_of
from cli.pack.building import Given, Pack, build
from documentation.clauses import COUNCILS, read_council
from steward.archive import write_archive

GIVEN = Given(environment="live")


def policy_of(council: str) -> Path:
    return Path("policies") / f"{council}.toml"


def files_of(made: Pack) -> dict[str, str]:
    """Return the texts of a pack by their names, from its bytes."""
    body = io.BytesIO()
    write_archive(body, made.entries)
    with zipfile.ZipFile(body) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("council", COUNCILS)
def test_every_clause_of_a_policy_is_in_the_accountability_table_with_where_it_is_seen(council: str) -> None:
    rows = rows_of(files_of(build(policy_of(council), GIVEN))["accountability.csv"])
    notice = read_council(policy_of(council))

    assert [row["Promise"] for row in rows] == [one.id for one in notice.clauses]
    for row in rows:
        assert NO_CONTROL not in row["Kept by"]
        assert (row["State"] == "not yet enforced") or row["Artefacts"] != NO_ARTEFACT, row["Promise"]
        assert (row["State"] == "enforced") == bool(row["Tests"])


def test_a_section_that_is_more_closely_named_has_the_artefacts_of_the_longest_name_that_fits() -> None:
    assert artefacts_of("retention.call_recording") == ("statement", "comparison")
    assert artefacts_of("disclosure.recipients.police") == ("disclosures",)
    assert artefacts_of("retentions") == ()


@pytest.mark.parametrize("council", COUNCILS)
def test_there_is_one_row_of_processing_for_each_record_class(council: str) -> None:
    rows = rows_of(files_of(build(policy_of(council), GIVEN))["records-of-processing.csv"])
    kept = read_council(policy_of(council)).policy.retention

    assert len(rows) == len(kept)
    assert all(value for row in rows for value in row.values())
    assert sorted(int(row["Kept for"].split()[0]) for row in rows) == sorted(one.months for one in kept.values())


def test_a_row_says_period_source_start_and_consent() -> None:
    rows = {row["Kind of record"]: row for row in rows_of(files_of(build(policy_of("barnet"), GIVEN))[RECORDS])}

    # policies/barnet.toml: six months by BAR-4; six months of any calendar are at most 184 days.
    recording = rows["Recording of a call"]
    assert recording["Kept for"] == "6 months; S3 lets it go 184 days after that day; as published (BAR-4)"
    assert recording["Counted from"] == "the day on which Amazon Connect stored it"
    assert recording["Recipients"].startswith(
        "the police or another agency; somebody who acts for the customer; Amazon"
    )
    assert rows["E-mail"]["Kept for"].endswith("an e-mail answered in Connect is treated like a chat.")
    assert rows["Record of a contact"]["Counted from"] == "the end of the month in which the contact began"
    assert rows["List of text messages"]["Lawful basis"].startswith("Consent (UK GDPR Article 6(1)(a))")


RECORDS = "records-of-processing.csv"


def test_a_lawful_basis_that_the_policy_does_not_state_is_a_named_blank() -> None:
    made = build(policy_of("somerset"), GIVEN)
    rows = rows_of(files_of(made)[RECORDS])

    said = [f"lawful basis ({row['Kind of record']}), and for special categories the condition" for row in rows]
    assert [row["Lawful basis"] for row in rows] == [f"☐ To be filled in: {one}" for one in said]
    assert set(said) <= {what for _, what in made.left}


def test_every_blank_of_every_page_is_named_on_the_first_one_and_judgements_are_blanks() -> None:
    made = build(policy_of("powys"), GIVEN)
    files = files_of(made)
    left = [what for _, what in made.left]

    for name in ("records-of-processing.html", "impact-assessment.html"):
        for what in re.findall(r"☐ To be filled in: ([^<]+?)(?=</|\. )", files[name]):
            assert f">{what}<" in files["index.html"], what
    for judged in (
        "what the project aims to achieve, and why an assessment is needed",
        "likelihood, severity and overall risk of each",
        "the residual risk",
        "the advice of the data protection officer",
        "who approved the measures, and when",
    ):
        assert judged in left
    steps = set(re.findall(r"<h2>(Step [^<]+)</h2>", files["impact-assessment.html"]))
    assert {where for where, _ in made.left if where.startswith("Step")} == steps


@pytest.mark.parametrize("council", COUNCILS)
def test_the_records_of_processing_are_in_welsh_where_the_notice_is(council: str) -> None:
    files = files_of(build(policy_of(council), GIVEN))
    policy = read_council(policy_of(council)).policy

    assert ("cofnodion-prosesu.html" in files) == ("cy" in policy.recording.notice)
    if "cy" in policy.recording.notice:
        page = files["cofnodion-prosesu.html"]
        assert '<html lang="cy">' in page
        assert policy.subject_rights is not None
        assert policy.subject_rights.purposes["cy"].replace("'", "&#x27;") in page
        assert "To be filled in" not in page
        assert 'href="cofnodion-prosesu.html" lang="cy"' in files["index.html"]
        assert policy.recording.notice["cy"].replace("'", "&#x27;") in files["impact-assessment.html"]


@pytest.mark.parametrize("council", COUNCILS)
def test_the_manifest_has_the_digest_of_every_other_file_and_the_index_leads_to_each(council: str) -> None:
    made = build(policy_of(council), GIVEN)
    files = {one.name: one.content for one in made.entries}
    listed = json.loads(files.pop("manifest.json"))

    assert {one["name"]: one["sha256"] for one in listed["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    assert (listed["format"], listed["environment"]) == ("steward-pack/1", "live")
    links = set(re.findall(r'href="([^"]+)"', files["index.html"].decode()))
    assert links == set(files) - {"index.html"}


def test_pages_have_a_language_one_main_heading_and_a_caption_and_heads_for_each_table() -> None:
    files = files_of(build(policy_of("rhondda-cynon-taf"), GIVEN))

    for name, page in files.items():
        if name.endswith(".html"):
            assert re.search(r'<html lang="(en-GB|cy)">', page), name
            assert page.count("<h1>") == 1
            assert page.count("<table") == page.count("<caption>") == page.count("<thead")
            assert "<script" not in page
            levels = [int(level) for level in re.findall(r"<h([1-6])>", page)]
            assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), name


def test_the_same_input_makes_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one.zip", "two.zip"):
        assert run(["pack", "--unsigned", "--out", str(tmp_path / name)]) == 0
    said = capsys.readouterr().out

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        digest = hashlib.sha256(archive.read("manifest.json")).hexdigest()
    assert f"SHA-256 of manifest.json: {digest}." in said
    assert sorted(one.name for one in tmp_path.iterdir()) == ["one.zip", "two.zip"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "{}/nowhere/pack.zip"], "steward: {}/nowhere/pack.zip: No such file or directory"),
        (["--out", "{}/p.zip", "--environment", "mars"], "steward: cdk.json: there is no environment `mars`"),
        (["--out", "{}/p.zip", "--statements", "{}/none"], "steward: {}/none: No such file or directory"),
        (["--out", "{}/p.zip", "--statements", "{}"], "steward: {}: has no folder of a month, such as 2027-02"),
        (["--out", "{}/p.zip", "--drift", "{}/none.json"], "steward: {}/none.json: No such file or directory"),
        (["--out", "{}/p.zip", "--key", "{}/none.pem"], "steward: {}/none.pem: is no public key in PEM"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_writes_nothing(
    tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["pack", "--unsigned", *(one.format(tmp_path) for one in arguments)]) == 2
    told = capsys.readouterr()
    assert told.err.startswith(said.format(tmp_path))
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not list(tmp_path.iterdir())
