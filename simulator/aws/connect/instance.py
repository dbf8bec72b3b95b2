"""An Amazon Connect instance as a scenario sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.connect.api import ConnectApi
from simulator.aws.connect.errors import ScenarioError
from simulator.aws.connect.evaluations import read_evaluation
from simulator.aws.connect.recordings import TYPES
from simulator.aws.connect.references import read_references
from simulator.aws.connect.responses import install
from simulator.aws.connect.state import InstanceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from simulator.aws.connect.evaluations import Form
    from simulator.aws.time.ports import Agenda

INSTANCE_ARN = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
"""The instance of local runs."""

PAGE_SIZE = 2
"""Items on a page, however many are asked for: AWS may always answer fewer, and code must ask for the rest."""


class ConnectInstance(InstanceState):
    """One instance, reachable through botocore from now until ``close``.

    Nothing here emits contact events or contact records: a scenario writes those itself.
    """

    def __init__(
        self,
        agenda: Agenda,
        instance_arn: str = INSTANCE_ARN,
        *,
        requests_per_second: int | None = None,
        page_size: int = PAGE_SIZE,
        forgiving: bool = False,
    ) -> None:
        """Attach to moto.

        ``requests_per_second`` limits each operation; ``forgiving`` lets suspending and resuming again succeed.
        """
        super().__init__(
            agenda,
            instance_arn,
            requests_per_second=requests_per_second,
            page_size=page_size,
            forgiving=forgiving,
        )
        self._close = install(ConnectApi(self))

    def close(self) -> None:
        """Leave moto as it was."""
        self._close()

    def contact(self, fields: Mapping[str, Any]) -> None:
        """Create or merge a contact: fields as DescribeContact names them, ``References`` and ``Evaluations``.

        ``Attributes`` go to the chain's first contact. A contact with a ``DisconnectTimestamp`` is not recorded any
        more from then on. Fields that DescribeContact does not have are left out. Raises ``ScenarioError``.
        """
        now = self.agenda.now()
        contact = self.contacts.merge(fields, now)
        if (given := fields.get("References")) is not None:
            contact.references.update(read_references(given, f"contact {contact.id}: References"))
        for raw in fields.get("Evaluations") or []:
            identity = raw.get("EvaluationId") if isinstance(raw, dict) else None
            evaluation = read_evaluation(raw, contact.id, now, self.evaluations.get(str(identity)))
            self.evaluations[evaluation.id] = contact.evaluations[evaluation.id] = evaluation
        if contact.ended is not None:
            self.recordings.end(contact.id, contact.ended)

    def recording(self, contact_id: str, types: Iterable[str], state: str) -> None:
        """Let recordings of a contact begin (``on``) or end (``off``). Raises ``ScenarioError``."""
        chosen = list(types)
        if self.contacts.known(contact_id) is None:
            raise ScenarioError(f"recording: the contact {contact_id} does not exist")
        for kind in chosen:
            if kind not in TYPES:
                raise ScenarioError(f"recording: the type {kind} is not one of {', '.join(TYPES)}")
        if state not in {"on", "off"}:
            raise ScenarioError(f"recording: the state {state} is neither on nor off")
        self.recordings.switch(contact_id, chosen, self.agenda.now(), on=state == "on")

    def recordings_state(self) -> Sequence[Mapping[str, Any]]:
        """Return [{contact_id, type, intervals: [{from, to, state}]}]."""
        return self.recordings.state()

    def form(self, properties: Mapping[str, Any]) -> Form:
        """Deploy an evaluation form from the properties of ``AWS::Connect::EvaluationForm``."""
        return self.forms.add(str(properties["Title"]), list(properties["Items"]))
