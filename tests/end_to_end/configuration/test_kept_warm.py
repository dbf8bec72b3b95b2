"""The aliases behind which functions are kept warm: flows run the version that an alias leads to, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.aws.account.start import embedded_aws
from tests.end_to_end.configuration.conftest import START, Live
from tests.support.synthesised import with_every_option


@pytest.fixture(scope="module")
def warm() -> Iterator[Live]:
    with embedded_aws(with_every_option(), START) as world:
        yield Live(world)


@pytest.fixture
def aliases(warm: Live) -> Iterator[dict[str, dict[str, Any]]]:
    found = warm.world.functions.settings.aliases
    before = {name: dict(stated) for name, stated in found.items()}
    yield found
    found.clear()
    found.update(before)


def alias_of(aliases: dict[str, dict[str, Any]], function: str) -> str:
    [name] = [one for one in aliases if f"-{function}:" in one]
    return name


def opened(warm: Live) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in warm.findings().items() if "InCall/" in name}


def test_aliases_as_they_were_deployed_do_not_differ_and_are_shown(
    warm: Live, aliases: dict[str, dict[str, Any]]
) -> None:
    answer = warm.compare()

    assert len(aliases) == 3
    assert [one["id"] for one in answer["findings"] if "InCall/" in one["id"]] == []
    assert answer["not_shown"] == []


def test_an_alias_that_leads_elsewhere_is_gone_or_keeps_nothing_ready_is_found_and_said_to_be(
    warm: Live, aliases: dict[str, dict[str, Any]]
) -> None:
    aliases[alias_of(aliases, "control_recording")]["FunctionVersion"] = "7"
    del aliases[alias_of(aliases, "record_consent")]
    del aliases[alias_of(aliases, "send_sms")]["ProvisionedConcurrencyConfig"]

    found = opened(warm)
    moved, gone, cold = (
        found[f"{name}InCall/{setting}"]
        for name, setting in (
            ("ControlRecording", "version"),
            ("RecordConsent", "is there"),
            ("SendSms", "asked to be ready"),
        )
    )
    assert len(found) == 3
    assert (moved["harm"], moved["expected"], moved["found"]) == ("high", "Version: 1", "Version: 7")
    assert gone["found"] == "not there"
    assert (cold["expected"], cold["found"]) == ("2", "0")


def test_an_alias_that_sends_some_calls_to_another_version_is_found(
    warm: Live, aliases: dict[str, dict[str, Any]]
) -> None:
    aliases[alias_of(aliases, "control_recording")]["RoutingConfig"] = {"AdditionalVersionWeights": {"7": 0.1}}

    [(name, found)] = opened(warm).items()
    assert name.endswith("/version")
    assert "7" in found["found"]
