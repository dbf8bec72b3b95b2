"""What each operation answers. Parameters and answers are in the shapes of botocore's model."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.aws.connect import evaluations, references
from simulator.aws.connect.errors import ConnectError, invalid_parameter, invalid_request, not_found
from simulator.aws.connect.flows.api import FlowOperations
from simulator.aws.connect.pace import DEFAULT_QUOTA, Call, TokenBucket
from simulator.aws.connect.shapes import connect_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from simulator.aws.connect.contacts import Contact
    from simulator.aws.connect.state import InstanceState

_MOST_REFERENCE_TYPES = 6
_PACED = (
    *("StartContactRecording", "StopContactRecording", "SuspendContactRecording", "ResumeContactRecording"),
    *("TagContact", "UntagContact"),
)
"""What is asked for while somebody waits on the line: always by the account's quota."""
_STORAGE = tuple(f"{verb}InstanceStorageConfig" for verb in ("Associate", "Describe", "Disassociate", "Update"))
_SUMMARY = (
    "InitiationTimestamp",
    "DisconnectTimestamp",
    "InitialContactId",
    "PreviousContactId",
    "RelatedContactId",
    "InitiationMethod",
    "Channel",
)
_FOUND = ("InitiationTimestamp", "DisconnectTimestamp", "InitialContactId", "PreviousContactId", "Channel")
"""What is told here of a contact that was searched for."""
_STATUS_IN_CONTACT = {"SUBMITTED": "COMPLETE", "DELETED": "DELETED"}

Parameters = dict[str, Any]
Answer = dict[str, Any]


class ConnectApi:
    """Takes requests for one instance."""

    def __init__(self, instance: InstanceState) -> None:
        """Answer from what that instance knows."""
        self._instance = instance
        self._buckets = {operation: TokenBucket(DEFAULT_QUOTA) for operation in _PACED}
        self.operations: Mapping[str, Callable[[Parameters], Answer]] = {
            "DescribeContact": self._describe_contact,
            "ListAssociatedContacts": self._list_associated_contacts,
            "ListContactReferences": self._list_contact_references,
            "SearchContacts": self._search_contacts,
            "GetContactAttributes": self._get_contact_attributes,
            "UpdateContactAttributes": self._update_contact_attributes,
            "DeleteContactData": self._delete_contact_data,
            "UpdateContact": self._update_contact,
            "TagContact": self._tag_contact,
            "UntagContact": self._untag_contact,
            "ListContactEvaluations": self._list_contact_evaluations,
            "DescribeContactEvaluation": self._describe_contact_evaluation,
            "StartContactRecording": self._start_recording,
            "StopContactRecording": self._stop_recording,
            "SuspendContactRecording": self._suspend_recording,
            "ResumeContactRecording": self._resume_recording,
            "ListSecurityProfiles": self._list_profiles,
            "ListSecurityProfilePermissions": self._list_permissions,
            "ListInstanceStorageConfigs": self._list_storage,
            **{operation: partial(instance.storage.answer, operation) for operation in _STORAGE},
            **instance.views.operations,
            **FlowOperations(instance.flows, instance.queues, self._page).operations,
        }

    def answer(self, operation: str, parameters: Parameters) -> Answer:
        """Answer one request and log it. Raises the service's modelled errors."""
        contact_id = str(parameters.get("ContactId") or parameters.get("InitialContactId") or "")
        outcome = "ok"
        try:
            self._check_pace(operation)
            if parameters["InstanceId"] != self._instance.instance_id:
                raise not_found(f"The instance {parameters['InstanceId']}")
            return self.operations[operation](parameters)
        except ConnectError as error:
            outcome = str(error.code)
            raise
        finally:
            self._instance.log.note(Call(self._now(), operation, contact_id, outcome))

    def _now(self) -> datetime:
        return self._instance.agenda.now()

    def _check_pace(self, operation: str) -> None:
        limit, bucket = self._instance.requests_per_second, self._buckets.get(operation)
        free = limit is None or self._instance.log.within_a_second(operation, self._now()) < limit
        if free and (bucket is None or bucket.admits(self._now())):
            return
        modelled = {shape.name for shape in connect_model().operation_model(operation).error_shapes}
        code = "ThrottlingException" if "ThrottlingException" in modelled else "TooManyRequestsException"
        raise ConnectError(code, "Rate exceeded")

    def _contact(self, parameters: Parameters, member: str = "ContactId") -> Contact:
        return self._instance.contacts.get(parameters[member], self._now())

    def _page(
        self,
        operation: str,
        items: Sequence[Answer] | Sequence[str],
        member: str,
        parameters: Parameters,
        limit: int | None = None,
    ) -> Answer:
        """Return one page. The token says where the next one starts, in a form that nobody should read."""
        token = parameters.get("NextToken")
        start = 0
        if token:
            try:
                name, _, offset = bytes.fromhex(token).decode().partition(":")
                start = int(offset)
            except ValueError:
                name = ""
            if name != operation:
                raise invalid_parameter("NextToken is not one of this operation's")
        end = start + min(limit or self._instance.page_size, self._instance.page_size)
        answer: Answer = {member: list(items[start:end])}
        if end < len(items):
            answer["NextToken"] = f"{operation}:{end}".encode().hex()
        return answer

    def _describe_contact(self, parameters: Parameters) -> Answer:
        contact = self._contact(parameters)
        described = {**contact.fields, "Id": contact.id, "Arn": self._instance.contact_arn(contact.id)}
        described["Attributes"] = dict(self._instance.contacts.attributes(contact))
        if contact.evaluations:
            own = {name: self._evaluation_in_contact(made) for name, made in contact.evaluations.items()}
            described["ContactEvaluations"] = {**own, **contact.fields.get("ContactEvaluations", {})}
        return {"Contact": described}

    def _evaluation_in_contact(self, evaluation: evaluations.Evaluation) -> Answer:
        form = self._instance.forms.of(evaluation)
        known = evaluations.summary(evaluation, form, self._instance.instance_arn)
        return {
            "FormId": form.id,
            "EvaluationArn": known["EvaluationArn"],
            "Status": _STATUS_IN_CONTACT.get(evaluation.status, "IN_PROGRESS"),
            "StartTimestamp": evaluation.created,
            "EndTimestamp": evaluation.modified,
        }

    def _list_associated_contacts(self, parameters: Parameters) -> Answer:
        chain = self._instance.contacts.associated(self._contact(parameters), self._now())
        items = [
            {
                "ContactId": contact.id,
                "ContactArn": self._instance.contact_arn(contact.id),
                **{name: contact.fields[name] for name in _SUMMARY if name in contact.fields},
            }
            for contact in chain
        ]
        limit = parameters.get("MaxResults")
        return self._page("ListAssociatedContacts", items, "ContactSummaryList", parameters, limit)

    def _search_contacts(self, parameters: Parameters) -> Answer:
        """Answer the contacts that ended in a time; by nothing else are they searched here.

        Whether the end of the range belongs to it is not documented: here it does, as it may.
        """
        time, known = parameters["TimeRange"], {"InstanceId", "TimeRange", "MaxResults", "NextToken"}
        if time["Type"] != "DISCONNECT_TIMESTAMP" or parameters.keys() - known:
            raise invalid_parameter("Only contacts that ended in a time range are searched here")
        since, until = (time[name].replace(tzinfo=UTC) for name in ("StartTime", "EndTime"))
        found = [
            {
                "Id": one.id,
                "Arn": self._instance.contact_arn(one.id),
                **{name: one.fields[name] for name in _FOUND if name in one.fields},
            }
            for one in self._instance.contacts.ended_between(since, until, self._now())
        ]
        answer = self._page("SearchContacts", found, "Contacts", parameters, parameters.get("MaxResults"))
        return {**answer, "TotalCount": len(found)}

    def _list_contact_references(self, parameters: Parameters) -> Answer:
        kinds = parameters["ReferenceTypes"]
        if len(kinds) > _MOST_REFERENCE_TYPES:
            raise invalid_parameter("At most six reference types can be asked for at once")
        for kind in kinds:
            if kind not in references.MEMBERS:
                raise invalid_parameter(f"The reference type {kind} is unknown")
        found = references.of_types(self._contact(parameters).references.values(), kinds)
        items = [reference.summary() for reference in found]
        return self._page("ListContactReferences", items, "ReferenceSummaryList", parameters)

    def _get_contact_attributes(self, parameters: Parameters) -> Answer:
        contact = self._contact(parameters, "InitialContactId")
        return {"Attributes": dict(self._instance.contacts.attributes(contact))}

    def _update_contact_attributes(self, parameters: Parameters) -> Answer:
        contact = self._contact(parameters, "InitialContactId")
        self._instance.contacts.update_attributes(contact, parameters["Attributes"], self._now())
        return {}

    def _delete_contact_data(self, parameters: Parameters) -> Answer:
        self._instance.contacts.delete_data(self._contact(parameters), parameters["ContactFields"], self._now())
        return {}

    def _update_contact(self, parameters: Parameters) -> Answer:
        named: dict[str, str] = {name: parameters[name] for name in ("Name", "Description") if name in parameters}
        noted = parameters.get("References") or {}
        if not named and not noted:
            raise invalid_request("At least one field to be updated must be present in the request")
        contact = self._contact(parameters)
        contact.references.update(references.read_references(noted, "UpdateContact"))
        self._instance.contacts.rename(contact, named, self._now())
        return {}

    def _tag_contact(self, parameters: Parameters) -> Answer:
        self._instance.contacts.tag(self._contact(parameters), parameters["Tags"], self._now())
        return {}

    def _untag_contact(self, parameters: Parameters) -> Answer:
        self._instance.contacts.untag(self._contact(parameters), parameters["TagKeys"], self._now())
        return {}

    def _list_contact_evaluations(self, parameters: Parameters) -> Answer:
        items = [
            evaluations.summary(evaluation, self._instance.forms.of(evaluation), self._instance.instance_arn)
            for evaluation in self._contact(parameters).evaluations.values()
        ]
        return self._page("ListContactEvaluations", items, "EvaluationSummaryList", parameters)

    def _describe_contact_evaluation(self, parameters: Parameters) -> Answer:
        evaluation = self._instance.evaluations.get(parameters["EvaluationId"])
        if evaluation is None:
            raise not_found(f"The evaluation {parameters['EvaluationId']}")
        return evaluations.description(evaluation, self._instance.forms.of(evaluation), self._instance.instance_arn)

    def _list_profiles(self, parameters: Parameters) -> Answer:
        items = self._instance.profiles.summaries()
        limit = parameters.get("MaxResults")
        return self._page("ListSecurityProfiles", items, "SecurityProfileSummaryList", parameters, limit)

    def _list_permissions(self, parameters: Parameters) -> Answer:
        granted = self._instance.profiles.of(parameters["SecurityProfileId"])
        if granted is None:
            raise not_found(f"The security profile {parameters['SecurityProfileId']}")
        limit = parameters.get("MaxResults")
        return self._page("ListSecurityProfilePermissions", list(granted), "Permissions", parameters, limit)

    def _list_storage(self, parameters: Parameters) -> Answer:
        items = self._instance.storage.of(str(parameters["ResourceType"]))
        return self._page("ListInstanceStorageConfigs", items, "StorageConfigs", parameters)

    def _recorded_contact(self, parameters: Parameters) -> str:
        """Return the id of a contact in progress whose chain starts as the request says."""
        contact = self._contact(parameters)
        if parameters["InitialContactId"] != contact.initial_id:
            raise not_found(f"The contact {contact.id} of the initial contact {parameters['InitialContactId']}")
        if contact.ended is not None and contact.ended <= self._now():
            raise invalid_request("The contact has ended")
        return contact.id

    def _start_recording(self, parameters: Parameters) -> Answer:
        contact_id = self._recorded_contact(parameters)
        self._instance.recordings.start(contact_id, parameters["VoiceRecordingConfiguration"], self._now())
        return {}

    def _stop_recording(self, parameters: Parameters) -> Answer:
        contact_id = self._recorded_contact(parameters)
        self._instance.recordings.stop(contact_id, parameters.get("ContactRecordingType"), self._now())
        return {}

    def _suspend_recording(self, parameters: Parameters) -> Answer:
        contact_id = self._recorded_contact(parameters)
        self._instance.recordings.suspend(contact_id, parameters.get("ContactRecordingType"), self._now())
        return {}

    def _resume_recording(self, parameters: Parameters) -> Answer:
        contact_id = self._recorded_contact(parameters)
        self._instance.recordings.resume(contact_id, parameters.get("ContactRecordingType"), self._now())
        return {}
