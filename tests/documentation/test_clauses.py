"""docs/clauses.md: complete, up to date, and every name on it leads somewhere."""

from __future__ import annotations

import msgspec

from documentation.clauses import PAGE, Control, Controls, problems, read_controls, read_notices, render


def with_control(clause: str, **changes: object) -> Controls:
    controls = dict(read_controls())
    controls[clause] = msgspec.structs.replace(controls[clause], **changes)
    return controls


def new_problems(controls: Controls) -> list[str]:
    """Return the problems that these controls have and the shipped ones have not."""
    known = problems(read_notices(), read_controls())
    return [problem for problem in problems(read_notices(), controls) if problem not in known]


def test_every_promise_that_is_fulfilled_has_a_control_and_a_test_that_exists() -> None:
    assert problems(read_notices(), read_controls()) == []


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(read_notices(), read_controls()), (
        "docs/clauses.md is stale: run python -m documentation.clauses"
    )


def test_a_promise_without_a_control_is_reported() -> None:
    controls = {clause: control for clause, control in read_controls().items() if clause != "BAR-4"}
    assert new_problems(controls) == [
        "BAR-4 is fulfilled by retention.call_recording, retention.chat_transcript but has no control"
    ]


def test_a_control_without_a_test_is_reported() -> None:
    assert new_problems(with_control("BAR-4", tests=())) == ["BAR-4 has no test"]


def test_a_test_that_does_not_exist_is_reported() -> None:
    known = "tests/documentation/test_clauses.py"
    for test in (f"{known}::test_nowhere", "tests/nowhere.py::test_it", f"{known}::TestIt::test_it"):
        assert new_problems(with_control("BAR-4", tests=(test,))) == [
            f"BAR-4 names the test {test}, which does not exist"
        ]


def test_a_file_that_does_not_exist_is_reported() -> None:
    assert new_problems(with_control("BAR-4", where=("infra/nowhere.py",))) == [
        "BAR-4 names infra/nowhere.py, which does not exist"
    ]


def test_a_control_for_a_promise_that_the_policy_declares_is_reported() -> None:
    spare = Control(control="nothing", where=(), tests=())
    controls = {**read_controls(), "BAR-2": spare, "BAR-99": spare}
    assert new_problems(controls) == [
        "BAR-99 has a control but is in no notice",
        "BAR-2 has a control, but its policy does not say that it is fulfilled",
    ]


def test_a_control_never_states_a_figure_of_the_policy() -> None:
    words = " ".join(control.control for control in read_controls().values()).split()
    assert words
    assert not [word for word in words if word.isdigit()]
