"""What an Amazon Connect instance knows: its contacts, forms, evaluations, recordings, and who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.connect.contacts import Contacts
from simulator.aws.connect.evaluations import Forms
from simulator.aws.connect.flows.book import Flows
from simulator.aws.connect.flows.views import Views
from simulator.aws.connect.pace import CallLog
from simulator.aws.connect.profiles import SecurityProfiles
from simulator.aws.connect.recordings import Recordings
from simulator.aws.connect.storage.configurations import Storage

if TYPE_CHECKING:
    from simulator.aws.connect.evaluations import Evaluation
    from simulator.aws.time.ports import Agenda


class InstanceState:
    """One instance. A scenario writes to it, the API answers from it."""

    def __init__(
        self, agenda: Agenda, instance_arn: str, *, requests_per_second: int | None, page_size: int, forgiving: bool
    ) -> None:
        """Start without contacts.

        ``requests_per_second`` limits each operation, ``page_size`` the items of an answer; ``forgiving`` lets
        suspending and resuming again succeed.
        """
        self.agenda = agenda
        self.instance_arn = instance_arn
        self.instance_id = instance_arn.rpartition("/")[2]
        self.requests_per_second = requests_per_second
        self.page_size = page_size
        self.log = CallLog()
        self.contacts = Contacts()
        self.forms = Forms()
        self.evaluations: dict[str, Evaluation] = {}
        self.recordings = Recordings(forgiving=forgiving)
        self.storage = Storage(instance_arn)
        self.profiles = SecurityProfiles(instance_arn)
        self.flows = Flows()
        self.views = Views()
        self.queues: dict[str, dict[str, Any]] = {}
        """The instance's queues by id, as ``DescribeQueue`` answers them; no template of ours declares any."""

    def contact_arn(self, contact_id: str) -> str:
        """Return a contact's ARN."""
        return f"{self.instance_arn}/contact/{contact_id}"
