"""No fence and no command of a page escapes: each is of a known kind, and what it shows can be read by its reader."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import click
import msgspec
import pytest
import yaml
from jsonschema import Draft4Validator, validate

from flowlint.settings import Settings
from infra.accepting import AcceptedDifference, problems_of_accepted
from infra.config import ROOT, Environment, ExistingAssociation, ExistingBucket
from infra.contact_flows.settings import ContactFlowSettings
from steward.policy.model import Policy
from tests.end_to_end.documented.fences import Fence, commands, fences, filled_in, named_commands
from tests.end_to_end.documented.steward_program import has, read, takes

PROGRAMS = {"steward", "make", "aws", "python", "git", "run", "jq", "openssl", "eval"}
"""What a fence of the kind `sh` may start; test_commands.py runs it all."""

TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
VARIABLES = {"CONFIG", "ENVIRONMENT", "CDK_OPTIONS", "PYTHON"}


def of_kind(kind: str) -> list[Fence]:
    return [one for one in fences() if one.kind == kind]


def test_every_fence_is_of_a_kind_that_is_looked_at() -> None:
    """`mermaid` is drawn and `text` only read; the others have their tests here."""
    unknown = [str(one) for one in fences() if one.kind not in {"sh", "toml", "json", "yaml", "mermaid", "text"}]
    assert unknown == []
    assert len(fences()) > 100


@pytest.mark.parametrize("fence", of_kind("sh"), ids=str)
def test_a_command_is_one_that_is_tried(fence: Fence) -> None:
    for command in commands(fence):
        words = re.sub(r"^([A-Z_]+=\S+ )*", "", filled_in(command)).removeprefix("./").split()
        program = words[0].rpartition("/")[2]
        assert program in PROGRAMS, command


@pytest.mark.parametrize("fence", of_kind("sh"), ids=str)
def test_a_command_of_steward_takes_what_it_is_given(fence: Fence) -> None:
    for command in commands(fence):
        words = shlex.split(re.split(r"\s[#|>]", filled_in(command))[0].removeprefix("./"))
        if words[0] == "steward":
            read(["." if before == "--config" else word for before, word in itertools.pairwise(words)])


def test_a_command_with_a_wrong_option_or_choice_is_found() -> None:
    for wrong in ("decide release C-1 approved", "flag C-1 contacts.csv --until tomorrow", "nothing"):
        with pytest.raises(click.ClickException):
            read(wrong.split())


@pytest.mark.parametrize(("page", "command"), named_commands(), ids=str)
def test_a_command_in_a_sentence_exists_with_its_options(page: Path, command: str) -> None:
    words = filled_in(command).removeprefix("./").split()
    if words[0] == "make":
        assert {word for word in words[1:] if "=" not in word} <= TARGETS, page
        assert {word.partition("=")[0] for word in words[1:] if "=" in word} <= VARIABLES, page
        return
    name = words[0]
    for word in words[1:]:
        if word.startswith("--"):
            assert takes(name, word), page
        elif has(name, word):
            name = f"{name} {word}"
    assert name != "steward" or "--" in command, page


@pytest.mark.parametrize("fence", [one for one in of_kind("sh") if "make" in one.body], ids=str)
def test_make_knows_what_it_would_do(fence: Fence) -> None:
    for command in commands(fence):
        words = filled_in(command).split()
        if words[0] == "make":
            given = [word for word in re.split(r"\s#", " ".join(words[1:]))[0].split() if "=" in word]
            assert {word.partition("=")[0] for word in given} <= VARIABLES
            # -n says what would be done: a target that is not there ends it with an error.
            plan = ["make", "-n", *re.split(r"\s#", " ".join(words[1:]))[0].replace('"$PWD"', "file").split()]
            done = subprocess.run(plan, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - make's plan
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("fence", of_kind("toml"), ids=str)
def test_what_is_shown_of_a_toml_file_is_what_its_reader_takes(fence: Fence) -> None:
    content = tomllib.loads(fence.body)
    match fence.page.name:
        case "deploying.md" if "live" in content:
            msgspec.convert(content["live"], Environment)
        case "deploying.md" | "policy.md":
            policy = {field.encode_name: field for field in msgspec.structs.fields(Policy)}
            for name, value in content.items():
                msgspec.convert(value, policy[name].type)
        case "contact-flows.md":
            msgspec.convert(content["live"]["contact_flows"], ContactFlowSettings)
        case "adopting-an-instance.md":
            for bucket in content["live"].get("existing_buckets", {}).values():
                msgspec.convert(bucket, ExistingBucket)
            for association in content["live"].get("existing_associations", {}).values():
                msgspec.convert(association, ExistingAssociation)
        case "drift.md":
            accepted = msgspec.convert(content["live"]["accepted_differences"], dict[str, AcceptedDifference])
            first = min(one.until for one in accepted.values())
            assert list(problems_of_accepted(accepted, first)) == []
        case "README.md" | "U901-unused-suppression.md":
            msgspec.convert(content, Settings)
        case _:
            pytest.fail(f"{fence}: no reader of this file is known here")


@pytest.mark.parametrize("fence", of_kind("json"), ids=str)
def test_what_is_shown_of_a_json_file_is_json(fence: Fence) -> None:
    """What the lint says of each flow is looked at where its pages are made."""
    content = json.loads(fence.body)
    if "Entries" in content:
        [entry] = content["Entries"]
        name = f"{entry['Source']}@{entry['DetailType'].replace(' ', '')}.json"
        schema = json.loads((ROOT / "events" / "schemas" / name).read_text(encoding="utf-8"))
        validate(json.loads(entry["Detail"]), schema["properties"]["detail"], cls=Draft4Validator)


@pytest.mark.parametrize("fence", of_kind("yaml"), ids=str)
def test_what_is_shown_of_a_yaml_file_is_yaml(fence: Fence) -> None:
    yaml.safe_load(fence.body)
