"""`steward release` and `steward decide`: what is sent, how it is signed, and what the answers come to."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.request import Request

import boto3
import click
import pytest

from cli.decisions import decide
from cli.environments import OpenEnvironment
from cli.main import run

URL = "https://0123456789abcdef.lambda-url.eu-west-2.on.aws/"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> OpenEnvironment:
    session = boto3.Session(
        aws_access_key_id="ASIAINVENTED",
        aws_secret_access_key="invented",  # noqa: S106 - invented
        aws_session_token="a-session",  # noqa: S106 - invented
        region_name="eu-west-2",
    )
    environment = OpenEnvironment(name="local", prefix="local-steward", region="eu-west-2", session=session)
    monkeypatch.setattr("cli.decisions.decide.open_environment", lambda _: environment)
    monkeypatch.setattr("cli.decisions.decide.address", lambda _: URL)
    return environment


def test_a_request_is_signed_for_lambda_with_the_session_of_whoever_is_signed_in(there: OpenEnvironment) -> None:
    request = decide.signed(there, URL, b"{}")

    headers = {name.lower(): value for name, value in request.header_items()}
    assert "/eu-west-2/lambda/aws4_request" in headers["authorization"]
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token" in headers["authorization"]
    assert headers["x-amz-security-token"] == "a-session"
    assert request.full_url == URL


def test_nothing_is_sent_without_tls(there: OpenEnvironment) -> None:
    with pytest.raises(click.ClickException, match="not https"):
        decide.signed(there, "http://somewhere.example/", b"{}")


@pytest.mark.parametrize(
    ("arguments", "body", "answer", "ends"),
    [
        (
            ["release", "C-1", "--why", "withdrawn"],
            {"subject": "release", "id": "C-1", "decision": "request", "why": "withdrawn"},
            {"status": "asked", "reason": ""},
            (0, "asked\n"),
        ),
        (
            ["release", "C-1", "--why", "withdrawn", "--contact", "a1"],
            {"subject": "release", "id": "C-1", "decision": "request", "why": "withdrawn", "contact_ids": ["a1"]},
            {"status": "asked", "reason": ""},
            (0, "asked\n"),
        ),
        (
            ["decide", "match", "SAR-1", "approve", "--contact", "c-1", "--verdict", "confirmed"],
            {
                "subject": "match",
                "id": "SAR-1",
                "decision": "approve",
                "why": "",
                "contact_id": "c-1",
                "verdict": "confirmed",
            },
            {"status": "decided", "reason": ""},
            (0, "decided\n"),
        ),
        (
            [
                *("decide", "item", "SAR-1", "approve", "--file", "x.wav", "--verdict", "edited"),
                *("--ground", "another_person", "--cut", "2:10-3:05:left", "--cut", "1:00:00.5-1:00:02"),
            ],
            {
                "subject": "item",
                "id": "SAR-1",
                "decision": "approve",
                "why": "",
                "file": "x.wav",
                "verdict": "edited",
                "ground": "another_person",
                "cuts": [
                    {"from_ms": 130_000, "to_ms": 185_000, "channel": "left"},
                    {"from_ms": 3_600_500, "to_ms": 3_602_000, "channel": "all"},
                ],
            },
            {"status": "decided", "reason": ""},
            (0, "decided\n"),
        ),
        (
            ["decide", "package", "SAR-1", "approve", "--manifest", "ab"],
            {"subject": "package", "id": "SAR-1", "decision": "approve", "why": "", "manifest_sha256": "ab"},
            {"status": "refused", "reason": "same_person"},
            (1, "refused: same_person\n"),
        ),
        (
            ["decide", "release", "C-1", "approve"],
            {"subject": "release", "id": "C-1", "decision": "approve", "why": ""},
            {"status": "refused", "reason": "same_person"},
            (1, "refused: same_person\n"),
        ),
    ],
)
@pytest.mark.usefixtures("there")
def test_a_call_says_what_was_asked_and_ends_as_it_was_answered(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    arguments: list[str],
    body: dict[str, object],
    answer: dict[str, str],
    ends: tuple[int, str],
) -> None:
    sent: list[dict[str, Any]] = []

    def opened(request: Request, timeout: int) -> io.BytesIO:
        assert timeout > 30
        assert isinstance(request.data, bytes)
        sent.append(json.loads(request.data))
        return io.BytesIO(json.dumps(answer).encode())

    monkeypatch.setattr("cli.decisions.decide.urlopen", opened)

    status = run(arguments)

    assert sent == [body]
    assert (status, capsys.readouterr().out) == ends


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["match", "SAR-1", "approve"], "a decision about match needs --contact"),
        (["item", "SAR-1", "approve"], "a decision about item needs --file"),
        (["package", "SAR-1", "approve"], "a decision about package needs --manifest"),
        (["release", "C-1", "approve", "--contact", "c"], "--contact does not belong to a decision about release"),
        (["match", "SAR-1", "approve", "--contact", "c", "--file", "f"], "--file does not belong"),
        (["item", "SAR-1", "approve", "--file", "f", "--cut", "3:05-2:10"], "3:05-2:10: ends before it begins"),
        (["item", "SAR-1", "approve", "--file", "f", "--cut", "2:10"], "2:10: is no part such as"),
    ],
)
@pytest.mark.usefixtures("there")
def test_what_a_decision_lacks_or_does_not_have_is_named_and_nothing_is_sent(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run(["decide", *words]) == 2
    assert said in capsys.readouterr().err
