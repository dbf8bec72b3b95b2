"""Every object of every class is kept through its whole period and gone soon after, under each council's policy."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from steward.ids import S3_RECORD_CLASSES
from steward.names import REGISTER_PAGE
from steward.policy.load import load_policy
from tests.end_to_end.begun import NIGHTLY
from tests.end_to_end.retention.lives import (
    BEGINNINGS,
    DELETING,
    MARGIN,
    SWEEP_MARGIN,
    Outcome,
    Stored,
    live,
    months_after,
    promised_until,
    write_scenario,
)

COUNCILS = ("barnet", "kensington-and-chelsea", "somerset", "rhondda-cynon-taf", "powys")
PARTITION = re.compile(r"contact-records/year=(\d{4})/month=(\d{2})/")


OWN_PAGES = {("rights", REGISTER_PAGE)}
"""What steward writes anew each night, without any contact."""


def policy_of(council: str) -> Path:
    return Path(f"policies/{council}.toml")


def periods(policy: Path) -> dict[str, int]:
    kept = load_policy(policy).retention
    return {str(name): kept[name].months for name in S3_RECORD_CLASSES if name in kept}


def left_in_stores(outcome: Outcome) -> set[tuple[str, str]]:
    """Return the store and key of every object that is left, held copies and people's packages too.

    Without the months' statements, which are kept for seven years.
    """
    stores = {name: store for name, store in outcome.left.stores.items() if name != "evidence"}
    return {(name, item.key) for name, store in stores.items() for item in store.objects}


def broken_promises(stored: list[Stored], outcome: Outcome, months: dict[str, int]) -> list[str]:
    """Return one sentence for every object that left early, late or never."""
    found = []
    for item in stored:
        promised = promised_until(item.at, months[item.store])
        disposal = outcome.gone.get((item.store, item.key))
        if disposal is None:
            found.append(f"{item.store} of {item.at} never left")
        elif disposal.at < promised:
            found.append(f"{item.store} of {item.at} left on {disposal.at}, before {promised}")
        elif disposal.at > promised + MARGIN:
            found.append(f"{item.store} of {item.at} left on {disposal.at}, long after {promised}")
    return found


def broken_promises_of_records(outcome: Outcome, months: int) -> list[str]:
    """Return one sentence for every contact-record object that left before its contacts or outlived their month."""
    found = []
    for (store, key), at in outcome.written.items():
        partition = PARTITION.match(key)
        assert partition, key
        first = date(int(partition[1]), int(partition[2]), 1)
        next_month = months_after(first, 1)
        month_is_over = promised_until(datetime(next_month.year, next_month.month, 1, 12, tzinfo=UTC), months)
        disposal = outcome.gone.get((store, key))
        if disposal is None:
            found.append(f"the record {key} never left")
        elif disposal.at < min(promised_until(at, months), month_is_over):
            found.append(f"the record {key} of {at} left on {disposal.at}, too early")
        elif disposal.at > month_is_over + SWEEP_MARGIN:
            found.append(f"the record {key} of {at} outlived its contact: {disposal.at}")
    return found


def test_what_is_kept_for_six_months_leaves_on_time_under_the_default_policy(tmp_path: Path) -> None:
    policy, scenario = policy_of("barnet"), tmp_path / "spring.jsonl"
    months = periods(policy)
    stored = write_scenario(scenario, 24, set(months), beginnings=BEGINNINGS[:2], ends_after=7)
    outcome = live(scenario, policy)
    assert {months[item.store] for item in stored} == {6}
    assert broken_promises(stored, outcome, months) == []
    assert outcome.written
    assert left_in_stores(outcome) == outcome.written.keys() | OWN_PAGES


@pytest.mark.prove
@pytest.mark.parametrize("council", COUNCILS)
def test_two_hundred_contacts_of_every_class_leave_on_time(council: str, tmp_path: Path) -> None:
    policy, scenario = policy_of(council), tmp_path / f"{council}.jsonl"
    months = periods(policy)
    stored = write_scenario(scenario, 200, set(months), ends_after=max(months.values()) + 2)
    # The other councils' nights are those of the first: of their jobs only those run that may make something leave.
    outcome = live(scenario, policy, awake=NIGHTLY if council == "barnet" else DELETING)
    assert {item.store for item in stored} == set(months) - {"contact_record"}
    assert broken_promises(stored, outcome, months) == []
    assert broken_promises_of_records(outcome, months["contact_record"]) == []
    assert left_in_stores(outcome) <= OWN_PAGES
    causes = {store: {row.cause for (name, _), row in outcome.gone.items() if name == store} for store in months}
    assert causes.pop("contact_record") == {"lifecycle", "retention_sweep"}
    assert all(cause == {"lifecycle"} for cause in causes.values())


@pytest.mark.prove
@pytest.mark.parametrize(
    ("section", "months", "instead"),
    [
        ("call_recording", 6, 7),
        ("call_recording", 6, 5),
        ("chat_transcript", 6, 7),
        ("attachment", 6, 5),
        ("contact_record", 24, 25),
        ("contact_record", 24, 22),
    ],
)
def test_another_period_in_the_policy_breaks_the_promise(
    section: str, months: int, instead: int, tmp_path: Path
) -> None:
    text = policy_of("barnet").read_text(encoding="utf-8")
    line = f"[retention.{section}]\nmonths = "
    assert f"{line}{months}\n" in text
    changed = tmp_path / "changed.toml"
    changed.write_text(text.replace(f"{line}{months}\n", f"{line}{instead}\n"), encoding="utf-8")
    promised, scenario = periods(policy_of("barnet")), tmp_path / "changed.jsonl"
    ends_after = max(months, instead) + 2
    stored = write_scenario(scenario, 10, set(promised), beginnings=BEGINNINGS[:2], ends_after=ends_after)
    outcome = live(scenario, changed, awake=DELETING)
    broken = broken_promises(stored, outcome, promised)
    if section == "contact_record":
        broken += broken_promises_of_records(outcome, promised["contact_record"])
    assert broken
    assert all(("record" if section == "contact_record" else section) in promise for promise in broken)
