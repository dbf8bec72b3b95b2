"""Which inputs ask for a card, in the words that councils use."""

from __future__ import annotations

import pytest

from flowlint.rules.examples.builders import act
from tests.support.flows.builders import Json, attributes, bye, enter_card, invoke, said


def asks(text: str, **changes: object) -> bool:
    step = enter_card("x", "bye", "bye", text)
    step["Parameters"] |= changes
    return ("x", "unpaused-payment") in said(step, bye())


@pytest.mark.parametrize(
    "text",
    [
        "Please key in the long card number on the front of your card.",
        "Enter your sixteen digit number.",
        "Please enter the 16 digits across the front.",
        "The three digits on the back, please.",
        "Now the last 3 digits on the signature strip.",
        "Please enter the expiry date as four digits.",
        "When does it expire? Enter the expiry month and year.",
        "Enter your CVV.",
        "Please key in your CVC2.",
        "Your security code, then hash.",
        "Enter your sort code, then your account number.",
        "Please enter your credit card number, press pound when complete.",
        "Enter your card number to pay your library fine.",
        "Nodwch rif eich cerdyn ar y bysellbad.",
        "Y rhif hir ar flaen eich cerdyn, os gwelwch yn dda.",
        "Nodwch y dyddiad dod i ben fel pedwar digid.",
        "Nodwch y cod diogelwch.",
        "Y tri digid ar gefn y cerdyn.",
        "Nodwch eich cod didoli.",
    ],
)
def test_these_ask_for_a_card(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please enter your six digit PIN.",
        "Enter your library card number.",
        "Please key in your resident's card number.",
        "Enter the number on your bus pass.",
        "Enter your permit expiry date.",
        "Please enter the security code we sent you by text.",
        "Enter your 16 digit account number, as on your council tax bill.",
        "Please enter your reference number.",
        "Enter the number on the front of your letter.",
        "Nodwch eich cyfeirnod.",
    ],
)
def test_these_do_not(text: str) -> None:
    assert not asks(text)


def test_a_prompt_in_ssml_asks_as_well() -> None:
    step = enter_card("x", "bye", "bye", "")
    del step["Parameters"]["Text"]
    step["Parameters"]["SSML"] = '<speak>Please enter your <emphasis level="strong">card</emphasis> number.</speak>'
    assert ("x", "unpaused-payment") in said(step, bye())


def test_a_menu_takes_one_key_and_is_no_card_entry() -> None:
    assert not asks("To change your card number, press 1.", StoreInput="False")


@pytest.mark.parametrize("key", ["cardNumber", "CardNumber", "card_no", "cvv", "CVC", "expiryDate", "card"])
def test_a_recorded_prompt_is_told_by_what_becomes_of_the_answer(key: str) -> None:
    step = enter_card("x", "keep", "bye", "")
    step["Parameters"] = {name: each for name, each in step["Parameters"].items() if name != "Text"}
    step["Parameters"]["PromptId"] = "arn:prompt"
    kept = attributes("keep", "bye", **{key: "$.StoredCustomerInput"})
    handed = invoke("keep", "bye", "bye", **{key: "$.StoredCustomerInput"})
    assert ("x", "unpaused-payment") in said(step, kept, bye())
    assert ("x", "unpaused-payment") in said(step, handed, bye())
    other = attributes("keep", "bye", reference="$.StoredCustomerInput")
    assert said(step, other, bye()) == set()


def view(**data: object) -> Json:
    errors = {"NoMatchingCondition": "bye", "NoMatchingError": "bye", "TimeLimitExceeded": "bye"}
    return act("x", "ShowView", "bye", errors, ViewResource={"Id": "view"}, ViewData=data)


@pytest.mark.parametrize(
    "text", ["Enter the card number.", "Recording paused. Ask for the security code.", "Expiry date"]
)
def test_a_view_that_asks_for_a_card_is_card_entry(text: str) -> None:
    assert ("x", "unpaused-payment") in said(view(Labels=[{"text": text}]), bye())


@pytest.mark.parametrize(
    "text",
    [
        "Choose Start payment before the caller gives any card details.",
        "Do NOT ask for the card number: the recording could not be paused.",
        "Never write down a security code.",
    ],
)
def test_a_view_that_warns_of_one_is_none(text: str) -> None:
    assert said(view(Notice=text), bye()) == set()
