"""Letters about people's requests: what a policy has to say in them, and in which languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from steward.policy.load import check

POWYS = Path("policies/powys.toml").read_text(encoding="utf-8")
LETTER = "subject_rights.letters"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{reason}\n\nIf you", "because\n\nIf you", f"{LETTER}.refusal.en: does not say {{reason}}"),
        ("{routes}", "us", f"{LETTER}.refusal.en: does not say {{routes}}"),
        ("We will answer by {law_on}.", "Soon.", f"{LETTER}.extension.en: does not say {{law_on}}"),
        ("Please give the", "Dear {name}, the", f"{LETTER}.acknowledgement.en: {{name}} is no value of a letter"),
        ("Please give the", "Please {", f"{LETTER}.acknowledgement.en: has a {{ or }} without its partner"),
        ("Please give the", "{today!r} the", f"{LETTER}.acknowledgement.en: {{today}} is no value of a letter"),
        (
            "[subject_rights.routes.court]\nen",
            "[subject_rights.routes.court]\nfr",
            "subject_rights.routes.court.en:",
        ),
        ("[subject_rights.purposes] ", "[subject_rights.purpose] ", "subject_rights.purpose: unknown key"),
        (f"[{LETTER}.refusal]", f"[{LETTER}.denial]", f"{LETTER}.refusal: is missing"),
    ],
)
def test_a_letter_that_lacks_something_is_named_with_what_it_lacks(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert before in POWYS
    policy = tmp_path / "policy.toml"
    policy.write_text(POWYS.replace(before, after), encoding="utf-8")
    found = [str(one) for one in check(policy)]
    assert any(one.startswith(said) for one in found), found
