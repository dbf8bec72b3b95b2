"""The command asks for a removal, signed as whoever is signed in; somebody else decides it."""

from __future__ import annotations

from typing import Any

import pytest

from cli.main import run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []

    def call(environment: str, body: dict[str, Any]) -> int:
        calls.append((environment, body))
        return 0

    monkeypatch.setattr("cli.decisions.erase_card_data.call", call)
    return calls


def test_every_object_is_named_in_one_spelling(asked: list[tuple[str, dict[str, Any]]]) -> None:
    ends = run(["erase-card-data", "c-1", "s3://calls/a.wav", "calls/b.wav", "--environment", "live"])

    assert ends == 0
    assert asked == [
        (
            "live",
            {
                "subject": "card_data",
                "id": "c-1",
                "decision": "request",
                "why": "card data was recorded (PCI DSS 3.3.1)",
                "objects": ["calls/a.wav", "calls/b.wav"],
            },
        )
    ]


def test_a_location_that_is_none_asks_for_nothing(
    asked: list[tuple[str, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["erase-card-data", "c-1", "s3://calls", "--environment", "live"]) == 2
    assert "'s3://calls' must be s3://bucket/key" in capsys.readouterr().err
    assert asked == []
