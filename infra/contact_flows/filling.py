"""What the policy says, as the values, lists and features of the flow templates."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from infra.contact_flows.settings import ContactFlowSettings, Keypad, PaymentLine
from infra.contact_flows.template import Filling, Values
from infra.council_folder import council_folder
from infra.refusal import RefusalError
from steward.policy.channels import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from steward.policy.model import Policy

FOLDER = Path(__file__).resolve().parent
CHATS = frozenset({Channel.WEB_CHAT, Channel.SOCIAL_MEDIA, Channel.SMS})
"""What Connect calls the channel CHAT, whichever way the message came."""

DIALLED_NUMBER = "$.SystemEndpoint.Address"
"""The instance's number on which the call came in."""

_VALUE = re.compile(r"\{\w+\}")


class Speech(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One language: its voice and the sentences that callers hear in it."""

    code: str
    """As Connect names it, such as ``cy-GB``."""
    voice: str
    """An Amazon Polly voice that speaks it."""
    choose_language: str
    payment_menu: str
    payment_refused: str
    card_number: str
    card_again: str
    card_expiry: str
    card_code: str
    payment_taken: str
    payment_failed: str
    payment_transfer: str
    payment_returned: str
    calls_only: str
    not_connected: str
    transfer_failed: str
    consent_not_recorded: str
    text_sent: str
    text_already: str
    text_number: str
    text_number_is: str
    text_number_right: str
    text_number_refused: str
    text_no_mobile: str
    text_opted_out: str
    text_refused: str
    text_not_sent: str
    text_unknown: str


class _Phrases(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    languages: dict[str, Speech]
    agents: dict[str, str]


@dataclass(frozen=True)
class TextOffer:
    """The text message that the flow offers: what is asked, and what is sent."""

    purpose: str
    wording_version: str
    wording: Mapping[str, str]
    """By language."""
    template: str


def text_offer(policy: Policy) -> TextOffer | None:
    """Return what the flow can offer: the first purpose with a wording and a template without values, if any.

    Of several wordings for a purpose the last in the file is in use. A template with values needs an agent who knows
    them.
    """
    messaging = policy.messaging
    if messaging is None:
        return None
    for purpose in messaging.purposes:
        wordings = [(version, each) for version, each in messaging.wordings.items() if each.purpose == purpose]
        templates = [
            name
            for name, each in messaging.templates.items()
            if each.purpose == purpose and not any(_VALUE.search(text) for text in each.text.values())
        ]
        if wordings and templates:
            version, wording = wordings[-1]
            return TextOffer(purpose, version, wording.text, templates[0])
    return None


def filling(policy: Policy, settings: ContactFlowSettings | None, references: Values) -> Filling:
    """Return what fills every template of this policy; ``references`` are the names of deployed things.

    Raises RefusalError if a language of the policy has no voice here or the settings name what the policy does not.
    """
    languages = _languages(policy, settings)
    offer = text_offer(policy)
    lines = _line_numbers(policy, settings)
    recording = policy.recording
    lists = {
        "languages": languages,
        "line_numbers": lines,
        "transfer_numbers": [{"transfer_number": number} for number in settings.transfer_numbers] if settings else [],
        "recorded_lines": [{"line": line} for line in recording.lines],
        "unrecorded_lines": [{"line": line} for line in recording.lines_not_recorded],
        "unrecorded_queues": [{"queue": queue} for queue in recording.queues_not_recorded],
        "queues_without_chat": [
            {"queue": queue} for queue, channels in recording.channels_not_stored.items() if CHATS & set(channels)
        ],
    }
    card_entry = settings.card_entry if settings and policy.payments else None
    present = {
        "payments": policy.payments is not None,
        "card_entry": card_entry is not None,
        "keypad": isinstance(card_entry, Keypad),
        "payment_line": isinstance(card_entry, PaymentLine),
        "messaging": offer is not None,
        "several_languages": len(languages) > 1,
        "stop_on_transfer_out": recording.stop_on_transfer_out,
        **{name: bool(items) for name, items in lists.items()},
    }
    values = {
        **languages[0],
        "language_menu": _language_menu(languages),
        **{f"agent_{name}": sentence for name, sentence in _phrases().agents.items()},
        **_offer_values(offer),
        **_payment_values(policy, card_entry),
        **({"queue_arn": settings.queue_arn} if settings else {}),
        "caller_id": (settings.caller_id if settings else None) or DIALLED_NUMBER,
        **references,
    }
    return Filling(
        values=values, lists=lists, features=frozenset(name for name, is_present in present.items() if is_present)
    )


def _languages(policy: Policy, settings: ContactFlowSettings | None) -> list[dict[str, str]]:
    offer = text_offer(policy)
    comes_back = settings is not None and isinstance(settings.card_entry, PaymentLine)
    items: list[dict[str, str]] = []
    for place, (language, notice) in enumerate(policy.recording.notice.items(), start=1):
        speech = _phrases().languages.get(language)
        if speech is None:
            raise RefusalError(
                f"recording.notice.{language}: infra/contact_flows/phrases.toml has no voice and no sentences for it"
            )
        spoken = {f"say_{name}": sentence for name, sentence in msgspec.structs.asdict(speech).items()}
        items.append(
            {
                "language": language,
                "language_code": speech.code,
                "voice": speech.voice,
                "digit": str(place),
                "notice": notice,
                "outbound_notice": policy.recording.outbound_notice.get(language, notice),
                "wording": offer.wording[language] if offer else "",
                **spoken,
                "say_payment_done": speech.payment_returned if comes_back else speech.payment_taken,
            }
        )
    return items


def _language_menu(languages: list[dict[str, str]]) -> str:
    """Return the menu as SSML: one voice reads each language's sentence by that language's rules."""
    sentences = (
        f'<lang xml:lang="{item["language_code"]}">{item["say_choose_language"].format(digit=item["digit"])}</lang>'
        for item in languages
    )
    return f"<speak>{' '.join(sentences)}</speak>"


def _line_numbers(policy: Policy, settings: ContactFlowSettings | None) -> list[dict[str, str]]:
    numbers = settings.line_numbers if settings else {}
    known = {*policy.recording.lines, *policy.recording.lines_not_recorded}
    for line in numbers:
        if line not in known:
            raise RefusalError(f"contact_flows.line_numbers: the policy names no line {line!r}")
    return [
        {"line": line, "line_number": number, "line_digit": str(place)}
        for place, (line, number) in enumerate(numbers.items(), start=1)
    ]


def _offer_values(offer: TextOffer | None) -> dict[str, str]:
    if offer is None:
        return {}
    return {"purpose": offer.purpose, "wording_version": offer.wording_version, "template": offer.template}


def _payment_values(policy: Policy, card_entry: Keypad | PaymentLine | None) -> dict[str, str]:
    values = {}
    if policy.payments is not None:
        values["pause_limit_seconds"] = str(policy.payments.limit_minutes * 60)
    match card_entry:
        case Keypad():
            values["payment_outcome"] = "taken"
            values["payment_function"] = card_entry.function_arn
            values["encryption_key_id"] = card_entry.encryption_key_id
            values["certificate"] = _certificate(card_entry.certificate)
        case PaymentLine():
            values["payment_outcome"] = "transferred"
            values["payment_line"] = card_entry.telephone
        case None:
            pass
    return values


def _certificate(name: str) -> str:
    try:
        return (council_folder().path / name).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusalError(f"contact_flows.card_entry.certificate: {name} cannot be read as a PEM file") from error


@cache
def _phrases() -> _Phrases:
    content = tomllib.loads((FOLDER / "phrases.toml").read_text(encoding="utf-8"))
    return msgspec.convert(content, _Phrases)
