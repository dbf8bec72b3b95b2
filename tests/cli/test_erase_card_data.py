"""The command finds every name in the environment's own stacks, and its region is that of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import click
import pytest

from cli.erase_card_data import Names, names_of


@dataclass(frozen=True)
class Stacks:
    """An open environment with these resources."""

    stores: dict[str, str] = field(default_factory=lambda: {"RegisterTable": "t", "LegalHoldBucket": "b"})
    controls: dict[str, str] = field(default_factory=lambda: {"HoldRequestsQueue": "https://q"})
    region: str = "eu-west-1"

    def resources(self, stack: str) -> dict[str, str]:
        return {"stores": self.stores, "controls": self.controls}[stack]


def test_names_and_region_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("cli.erase_card_data.open_environment", lambda _: Stacks())

    assert names_of("live") == Names(register_table="t", hold_bucket="b", hold_queue_url="https://q")
    assert os.environ["AWS_DEFAULT_REGION"] == os.environ["AWS_REGION"] == "eu-west-1"


def test_an_environment_without_its_stacks_resources_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("cli.erase_card_data.open_environment", lambda _: Stacks(controls={}))

    with pytest.raises(click.ClickException, match="the stacks of live have no HoldRequestsQueue"):
        names_of("live")
