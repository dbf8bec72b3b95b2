"""What becomes of a resource when its own creation is undone, and when its stack goes.

``Retain`` keeps a resource in both cases, ``RetainExceptOnCreate`` in the second only, and what states neither is
removed in both: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Event = Literal["failed creation", "deletion"]


def stays(declared: Mapping[str, Any], event: Event) -> bool:
    """Tell whether a resource, as its template declares it, stays in the account."""
    match declared.get("DeletionPolicy", "Delete"):
        case "Retain":
            return True
        case "RetainExceptOnCreate":
            return event == "deletion"
        case _:
            return False
