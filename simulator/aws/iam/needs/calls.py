"""What a call to AWS has to be allowed: its own action and those that it implies.

Source: Service Authorization Reference of each service, and the pages named below. A call that is not known here is an
error, never silently allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.needs.objects import OPERATIONS as OBJECT_OPERATIONS
from simulator.aws.iam.needs.place import Place
from simulator.aws.iam.policies.statements import Need

if TYPE_CHECKING:
    from simulator.aws.iam.needs.services import ServiceNeeds

Params = Mapping[str, Any]


class UnknownCall(Exception):
    """A handler made a call whose permissions are not written down here."""


class CallNeeds:
    """Reads calls, in the parameters of boto3."""

    def __init__(self, place: Place, services: ServiceNeeds) -> None:
        self._place = place
        self._services = services

    def of(self, caller: str, service: str, operation: str, params: Params) -> Iterator[Need]:
        """Return what the caller (a role's ARN) needs for that call; raise ``UnknownCall``."""
        reader = _READERS.get(service)
        if reader is None:
            raise UnknownCall(f"{service}.{operation}: which permissions it needs is not written down")
        yield from reader(self, caller, operation, params)

    def _s3(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        known = OBJECT_OPERATIONS.get(operation)
        if known is None:
            raise UnknownCall(f"s3.{operation}: which permissions it needs is not written down")
        yield from known(self._place, caller, params)

    def _dynamodb(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """Return the right of each act of a transaction, which has none of its own.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html and, for the key,
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
        """
        acts: list[tuple[str, str, str, str]] = []
        if operation == "TransactWriteItems":
            for item in params["TransactItems"]:
                for kind, act in item.items():
                    action = {"ConditionCheck": "ConditionCheckItem"}.get(kind, f"{kind}Item")
                    acts.append((action, act["TableName"], "", _leading_key(act)))
        elif operation == "GetResourcePolicy":
            yield Need(caller, "dynamodb:GetResourcePolicy", str(params["ResourceArn"]))
            return
        elif operation in _TABLE_SETTINGS:
            yield Need(caller, f"dynamodb:{operation}", self._place.arn("dynamodb", f"table/{params['TableName']}"))
            return
        elif operation in {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"}:
            acts.append((operation, params["TableName"], params.get("IndexName", ""), _leading_key(params)))
        else:
            raise UnknownCall(f"dynamodb.{operation}: which permissions it needs is not written down")
        for action, table, index, key in acts:
            arn = self._place.arn("dynamodb", f"table/{table}")
            context = (("dynamodb:leadingkeys", key),) if key and not index else ()
            yield Need(caller, f"dynamodb:{action}", f"{arn}/index/{index}" if index else arn, context)
            yield from self._place.key(caller, arn, "dynamodb", *_KEY_USES_OF_TABLES)

    def _connect(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """Ask for a list both of the instance and of the contact: which of the two decides was never tried."""
        instance = self._place.arn("connect", f"instance/{params['InstanceId'].rpartition('/')[2]}")
        if operation == "DescribeContactEvaluation":
            arns = [f"{instance}/contact-evaluation/{params['EvaluationId']}"]
        elif operation in {"ListInstanceStorageConfigs", "ListSecurityProfiles", "SearchContacts"}:
            arns = [instance]
        elif operation == "ListSecurityProfilePermissions":
            arns = [instance, f"{instance}/security-profile/{params['SecurityProfileId']}"]
        elif operation == "UpdateContactAttributes":
            arns = [f"{instance}/contact/{params['InitialContactId']}"]
        elif operation in _CONTACT_OPERATIONS:
            arns = [f"{instance}/contact/{params['ContactId']}"]
        elif operation in _FLOW_OPERATIONS:
            member, kind = _FLOW_OPERATIONS[operation]
            arns = [f"{instance}/{kind}/{params[member].partition(':')[0]}"]
        elif operation in _CONTACT_LISTS:
            arns = [instance, f"{instance}/contact/{params['ContactId']}"]
        else:
            raise UnknownCall(f"connect.{operation}: which permissions it needs is not written down")
        yield from (Need(caller, f"connect:{operation}", arn) for arn in arns)

    def _cloudformation(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """Ask for the stack by an ARN with an id of its own, where policies here end in a star."""
        arn = self._place.arn("cloudformation", f"stack/{params['StackName']}/00000000-0000-4000-8000-000000000000")
        yield Need(caller, f"cloudformation:{operation}", arn)

    def _cloudwatch(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html .

        A list of alarms is asked for on ``alarm:*``, whatever names the request has: so AWS's refusals say
        (https://github.com/aws-samples/amazon-cloudwatch-auto-alarms/issues/1).
        """
        del params
        listed = operation == "DescribeAlarms"
        yield Need(caller, f"cloudwatch:{operation}", self._place.arn("cloudwatch", "alarm:*") if listed else "*")

    def _logs(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """Ask for a list on no group by name, as AWS's refusals say.

        https://github.com/hashicorp/terraform-provider-aws/issues/8804
        """
        del params
        if operation != "DescribeLogGroups":
            raise UnknownCall(f"logs.{operation}: which permissions it needs is not written down")
        yield Need(caller, f"logs:{operation}", self._place.arn("logs", "log-group::log-stream:"))

    def _iam(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """Service Authorization Reference, "Actions, resources, and condition keys for AWS IAM"."""
        if operation in {"GetPolicy", "GetPolicyVersion"}:
            arn = str(params["PolicyArn"])
        elif operation in {"GetRole", "ListAttachedRolePolicies", "ListRolePolicies"}:
            arn = f"arn:aws:iam::{self._place.policies.account}:role/{params['RoleName']}"
        else:
            raise UnknownCall(f"iam.{operation}: which permissions it needs is not written down")
        yield Need(caller, f"iam:{operation}", arn)

    def _sqs(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        if operation == "StartMessageMoveTask":
            yield from self._move(caller, str(params["SourceArn"]), str(params["DestinationArn"]))
            return
        queue = self._place.arn("sqs", params["QueueUrl"].rpartition("/")[2])
        action = operation.removesuffix("Batch")
        yield Need(caller, f"sqs:{action}", queue, (SECURE,))
        if action == "SendMessage":
            yield from self._place.key(caller, queue, "sqs", "Decrypt", "GenerateDataKey")

    def _move(self, caller: str, source: str, destination: str) -> Iterator[Need]:
        """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/ (dead-letter queue redrive)."""
        for action in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "StartMessageMoveTask"):
            yield Need(caller, f"sqs:{action}", source, (SECURE,))
        yield Need(caller, "sqs:SendMessage", destination, (SECURE,))

    def _sns(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        topic = str(params["TopicArn"])
        yield Need(caller, f"sns:{operation}", topic, (SECURE,))
        if operation in _TOPIC_SETTINGS:
            return
        yield from self._place.key(caller, topic, "sns", "Decrypt", "GenerateDataKey")

    def _scheduler(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """https://docs.aws.amazon.com/scheduler/latest/UserGuide/security_iam_id-based-policies.html ."""
        schedule = self._place.arn("scheduler", f"schedule/{params.get('GroupName', 'default')}/{params['Name']}")
        yield Need(caller, f"scheduler:{operation}", schedule)
        if "Target" in params:
            passed = (("iam:passedtoservice", "scheduler.amazonaws.com"),)
            yield Need(caller, "iam:PassRole", params["Target"]["RoleArn"], passed)
            yield from self._services.scheduled(params["Target"])

    def _ssm(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        yield Need(caller, f"ssm:{operation}", self._place.arn("ssm", f"parameter/{params['Name'].removeprefix('/')}"))

    def _kinesis(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        yield Need(caller, f"kinesis:{operation}", self._place.arn("kinesis", f"stream/{params['StreamName']}"))

    def _kms(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html ."""
        key = str(params["KeyId"])
        arn = key if key.startswith("arn:") else self._place.arn("kms", f"key/{key}")
        named = {"MessageType": "kms:messagetype", "SigningAlgorithm": "kms:signingalgorithm"}
        context = tuple((key, str(params[name])) for name, key in named.items() if name in params)
        if operation in _KEY_SETTINGS:
            context += self._place.tags_of_key(arn)
        yield Need(caller, f"kms:{operation}", arn, context)

    def _sms(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        """https://docs.aws.amazon.com/sms-voice/latest/userguide/permissions-actions.html ."""
        named = {
            "OriginationIdentity": "",
            "ConfigurationSetName": "configuration-set/",
            "OptOutListName": "opt-out-list/",
        }
        for parameter, kind in named.items():
            name = params.get(parameter)
            if name is not None:
                arn = str(name) if str(name).startswith("arn:") else self._place.arn("sms-voice", f"{kind}{name}")
                yield Need(caller, f"sms-voice:{operation}", arn)

    def _lambda(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        if operation == "GetEventSourceMapping":
            yield Need(
                caller, f"lambda:{operation}", self._place.arn("lambda", f"event-source-mapping:{params['UUID']}")
            )
            return
        if operation not in {
            "GetAlias",
            "GetFunctionConcurrency",
            "GetFunctionConfiguration",
            "GetProvisionedConcurrencyConfig",
            "InvokeFunction",
        }:
            raise UnknownCall(f"lambda.{operation}: which permissions it needs is not written down")
        name = str(params["FunctionName"])
        arn = name if name.startswith("arn:") else self._place.arn("lambda", f"function:{name}")
        # What is kept ready is a matter of the alias, an alias one of its function (service authorization reference).
        qualifier = f":{params['Qualifier']}" if operation == "GetProvisionedConcurrencyConfig" else ""
        yield Need(caller, f"lambda:{operation}", f"{arn}{qualifier}")

    def _events(self, caller: str, operation: str, params: Params) -> Iterator[Need]:
        if operation == "DescribeEventBus":
            yield Need(caller, "events:DescribeEventBus", self._place.arn("events", f"event-bus/{params['Name']}"))
            return
        if operation in {"DescribeRule", "ListTargetsByRule"}:
            bus = f"{params['EventBusName']}/" if "EventBusName" in params else ""
            rule = self._place.arn("events", f"rule/{bus}{params.get('Name') or params['Rule']}")
            yield Need(caller, f"events:{operation}", rule)
            return
        """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html ."""
        for entry in params["Entries"]:
            bus = str(entry.get("EventBusName", "default"))
            arn = bus if bus.startswith("arn:") else self._place.arn("events", f"event-bus/{bus}")
            context = (("events:detail-type", entry["DetailType"]), ("events:source", entry["Source"]))
            yield Need(caller, f"events:{operation}", arn, context)


def _leading_key(act: Params) -> str:
    """Return the partition key of the row that is meant, as far as the request states it."""
    for row in (act.get("Item"), act.get("Key")):
        if row and "pk" in row:
            return str(row["pk"].get("S", ""))
    values = act.get("ExpressionAttributeValues", {})
    return str(values[":pk"].get("S", "")) if "KeyConditionExpression" in act and ":pk" in values else ""


SECURE: Final = ("aws:securetransport", "true")
_CONTACT_LISTS: Final = {"ListAssociatedContacts", "ListContactEvaluations", "ListContactReferences"}
_KEY_SETTINGS: Final = {"DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus"}
_TABLE_SETTINGS: Final = {"DescribeContinuousBackups", "DescribeTable", "DescribeTimeToLive"}
_TOPIC_SETTINGS: Final = {"GetTopicAttributes", "ListSubscriptionsByTopic"}
_FLOW_OPERATIONS: Final = {
    "DescribeContactFlow": ("ContactFlowId", "contact-flow"),
    "DescribeView": ("ViewId", "view"),
    "DescribeContactFlowModule": ("ContactFlowModuleId", "flow-module"),
    "ListContactFlowModuleAliases": ("ContactFlowModuleId", "flow-module"),
    "ListContactFlowModuleVersions": ("ContactFlowModuleId", "flow-module"),
}
"""By the Service Authorization Reference: the parameter that names the resource, and the kind of resource."""
_CONTACT_OPERATIONS: Final = {
    "DeleteContactData",
    "DescribeContact",
    "ResumeContactRecording",
    "SuspendContactRecording",
    "TagContact",
    "UntagContact",
    "UpdateContact",
}
_KEY_USES_OF_TABLES: Final = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
_Reader = Callable[[CallNeeds, str, str, Params], Iterator[Need]]
_READERS: Final[dict[str, _Reader]] = {
    "cloudformation": CallNeeds._cloudformation,  # noqa: SLF001
    "cloudwatch": CallNeeds._cloudwatch,  # noqa: SLF001
    "connect": CallNeeds._connect,  # noqa: SLF001 - the table of its own methods
    "dynamodb": CallNeeds._dynamodb,  # noqa: SLF001
    "events": CallNeeds._events,  # noqa: SLF001
    "iam": CallNeeds._iam,  # noqa: SLF001
    "kinesis": CallNeeds._kinesis,  # noqa: SLF001
    "kms": CallNeeds._kms,  # noqa: SLF001
    "lambda": CallNeeds._lambda,  # noqa: SLF001
    "logs": CallNeeds._logs,  # noqa: SLF001
    "pinpoint-sms-voice-v2": CallNeeds._sms,  # noqa: SLF001
    "s3": CallNeeds._s3,  # noqa: SLF001
    "scheduler": CallNeeds._scheduler,  # noqa: SLF001
    "sns": CallNeeds._sns,  # noqa: SLF001
    "sqs": CallNeeds._sqs,  # noqa: SLF001
    "ssm": CallNeeds._ssm,  # noqa: SLF001
}
