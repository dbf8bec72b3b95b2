"""“Hold Released” on steward's own bus: a request, which somebody else decides.

Only where the policy says ``holds.release_by = "case_system"`` does the event answer for two people, as the council's
system has let them agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from steward.decisions.book import Outcome
from steward.decisions.calls import Call, Unreadable, named_by_case_system, read
from steward.decisions.deciding import Answer, Deciding
from steward.decisions.people import CASE_SYSTEM, Person
from steward.decisions.subjects import Decision, Subject

_CASE = "case"
_ABOUT = (_CASE, "contact_ids", "why")


def released(event: Mapping[str, Any], deciding: Deciding, *, answers_for_both: bool) -> Answer:
    """Take a "Hold Released"; the answer is that to its request, or to its approval where it answers for both.

    The same event again is answered as before. Raises what ``Deciding.take`` raises.
    """
    detail = event.get("detail")
    stated = detail if isinstance(detail, Mapping) else {}
    call_id = str(event.get("id") or "none")
    try:
        asked_by = named_by_case_system(stated, "requested_by")
        fields = {name: stated[name] for name in _ABOUT if name in stated}
        about = {"subject": Subject.RELEASE.value, "id": fields.pop(_CASE, None), **fields}
        if "contact_ids" in about and about["contact_ids"] is None:
            del about["contact_ids"]
        request = replace(read({**about, "decision": Decision.REQUEST.value}, asked_by, call_id), id_field=_CASE)
        approval = _approval(stated, request) if answers_for_both else None
    except Unreadable as problem:
        if problem.field == "id":
            problem = Unreadable(_CASE, problem.problem)
        asked = (Subject.RELEASE, stated.get(_CASE))
        return deciding.refuse(call_id, Person(role=CASE_SYSTEM, name=""), problem, asked)
    answer = deciding.take(request)
    if approval is None or answer.status is Outcome.REFUSED:
        return answer
    return deciding.take(approval)


def _approval(stated: Mapping[str, Any], request: Call) -> Call:
    return Call(
        call_id=f"{request.call_id}#approval",
        by=named_by_case_system(stated, "approved_by"),
        subject=request.subject,
        id=request.id,
        decision=Decision.APPROVE,
        id_field=_CASE,
    )
