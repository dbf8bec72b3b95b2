from __future__ import annotations

from documentation.permissions import PAGE, written


def test_the_page_says_what_the_templates_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "run `python -m documentation.permissions`"
