"""Answering the questions of a folder that ``steward init`` wrote, as a person with an editor would."""

from __future__ import annotations

from pathlib import Path


def answer(folder: Path, *, calls: int, chat: int, complaints: int) -> None:
    """Write the three published figures where they are asked for."""
    figures = {
        "retention.call_recording": calls,
        "retention.chat_transcript": chat,
        "holds.reasons.complaint": complaints,
    }
    policy = (folder / "policy.toml").read_text(encoding="utf-8")
    for section, months in figures.items():
        before, header, after = policy.partition(f"[{section}]\n")
        asked, _, rest = after.partition("# months = ")
        policy = f"{before}{header}{asked}months = {months}\n{rest.partition(chr(10))[2]}"
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
