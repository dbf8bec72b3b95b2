"""Findings of the compliance packs that are accepted, each on the construct it concerns and with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import IConstruct


def accept(construct: IConstruct, reason: str, *rules: str) -> None:
    """Accept findings on that construct. A rule is written as the pack names it, such as ``AwsSolutions-KDF1``."""
    cdk.Validations.of(construct).acknowledge(
        *(cdk.Acknowledgment(id=f"{_pack(rule)}::{rule}", reason=reason) for rule in rules)
    )


def _pack(rule: str) -> str:
    return rule.partition("-")[0]
