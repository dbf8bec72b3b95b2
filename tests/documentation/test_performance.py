"""``docs/performance.md`` shows what ``make bench`` last measured, and says what is not kept."""

from __future__ import annotations

from documentation.performance import BEGIN, END, PAGE, Measured, Results, page, results


def test_the_page_shows_what_was_last_measured() -> None:
    shown = PAGE.read_text(encoding="utf-8")
    assert shown.count(BEGIN) == shown.count(END) == 1
    assert page(shown, results()) == shown


def test_a_bound_that_is_not_kept_is_said_and_what_only_explains_is_left_out() -> None:
    measured = Results(
        machine="a machine",
        figures=(
            Measured("calls", "a text, calls", 4, "count", 4, kept=True, on="2026-11-26"),
            Measured("calls", "cost, dollars", 10.872, "ratio", 10, kept=False, on="2026-11-26"),
            Measured("warm", "kB of an invocation", 7, "note", None, kept=True),
            Measured("warm", "milliseconds", 0.001, "note", 1, kept=True),
        ),
    )
    text = page(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n", measured)
    assert text.splitlines() == [
        "Before.",
        BEGIN,
        "",
        "2 of 3 bounds are kept, on a machine.",
        "",
        "- Not kept: cost, dollars: 10.87 instead of at most 10.",
        "",
        "### Calls, measured on 2026-11-26",
        "",
        "| figure | value | bound |",
        "|---|--:|--:|",
        "| a text, calls | 4 | 4 |",
        "| cost, dollars | 10.87 | **10, not kept** |",
        "",
        "### Warm, measured before this page was generated",
        "",
        "| figure | value | bound |",
        "|---|--:|--:|",
        "| milliseconds | 0.0010 | 1 |",
        END,
        "After.",
    ]
