"""A healthy account, answer by answer, each held against AWS's own model; a test changes one answer."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
from botocore.validate import validate_parameters

from cli.doctor.reading import AbsentError, NotReadableError

INSTANCE = "8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
ARN = f"arn:aws:connect:eu-west-2:111122223333:instance/{INSTANCE}"
ROLE = "arn:aws:iam::111122223333:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_x"
FUNCTION = "arn:aws:lambda:eu-west-2:111122223333:function:payment-provider"

_PREFIXES = {"pinpoint-sms-voice-v2": "sms-voice", "service-quotas": "servicequotas"}
_MODELS: dict[str, Any] = {}


def _role() -> dict[str, Any]:
    return {
        "Role": {
            "Path": "/",
            "RoleName": "x",
            "RoleId": "AROAINVENTED0000000A",
            "Arn": "arn:aws:iam::111122223333:role/x",
            "CreateDate": "2026-01-01T00:00:00Z",
        }
    }


HEALTHY: dict[str, Any] = {
    "sts.GetCallerIdentity": {"Account": "111122223333"},
    "ssm.GetParameter": {"/cdk-bootstrap/hnb659fds/version": {"Parameter": {"Value": "28"}}},
    "iam.GetRole": lambda **asked: AbsentError("absent") if "steward" in asked["RoleName"] else _role(),
    "iam.ListRolePolicies": {"PolicyNames": ["AmazonConnectServiceLinkedRolePolicy"]},
    "iam.SimulatePrincipalPolicy": {
        "EvaluationResults": [{"EvalActionName": "s3:CreateBucket", "EvalDecision": "allowed"}]
    },
    "iam.GetAccountSummary": {"SummaryMap": {"AccountMFAEnabled": 1}},
    "iam.ListSAMLProviders": {"SAMLProviderList": []},
    "lambda.GetFunctionConfiguration": AbsentError("absent"),
    "sqs.GetQueueUrl": AbsentError("absent"),
    "connect.ListPhoneNumbersV2": {
        "ListPhoneNumbersSummaryList": [
            {"PhoneNumberArn": f"arn:aws:connect:eu-west-2:111122223333:phone-number/{name}"}
            for name in ("number-1", "number-2")
        ]
    },
    "connect.ListFlowAssociations": {
        "FlowAssociationSummaryList": [
            {
                "ResourceId": "arn:aws:connect:eu-west-2:111122223333:phone-number/number-1",
                "FlowId": f"{ARN}/contact-flow/flow-1",
                "ResourceType": "VOICE_PHONE_NUMBER",
            }
        ]
    },
    "service-quotas.ListAWSDefaultServiceQuotas": {"Quotas": [{"QuotaName": "Flows per instance", "Value": 100.0}]},
    "cloudformation.DescribeStacks": AbsentError("absent"),
    "cloudformation.ListStackResources": AbsentError("absent"),
    "events.DescribeEventBus": AbsentError("absent"),
    "scheduler.GetScheduleGroup": AbsentError("absent"),
    "pinpoint-sms-voice-v2.DescribeOptOutLists": AbsentError("absent"),
    "pinpoint-sms-voice-v2.DescribeConfigurationSets": AbsentError("absent"),
    "connect.DescribeInstance": {
        "Instance": {"InstanceStatus": "ACTIVE", "ServiceRole": ROLE, "IdentityManagementType": "SAML"}
    },
    "connect.ListInstanceAttributes": {
        "Attributes": [
            {"AttributeType": "CONTACT_LENS", "Value": "true"},
            {"AttributeType": "OUTBOUND_CALLS", "Value": "true"},
            {"AttributeType": "CONTACTFLOW_LOGS", "Value": "false"},
        ]
    },
    "connect.ListContactFlows": {"ContactFlowSummaryList": [{"Id": "flow-1", "Name": "Main line"}]},
    "connect.ListContactFlowModules": {"ContactFlowModulesSummaryList": []},
    "connect.ListViews": {"ViewsSummaryList": []},
    "connect.ListEvaluationForms": {"EvaluationFormSummaryList": []},
    "connect.ListRules": {"RuleSummaryList": []},
    "connect.ListLambdaFunctions": {"LambdaFunctions": [FUNCTION]},
    "connect.DescribeQueue": {
        "Queue": {
            "Name": "Main",
            "OutboundCallerConfig": {"OutboundCallerIdNumberId": "number-1", "OutboundFlowId": "flow-2"},
        }
    },
    "connect.ListInstanceStorageConfigs": {"StorageConfigs": []},
    "lambda.GetAccountSettings": {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}},
    "service-quotas.ListServiceQuotas": {"Quotas": [{"QuotaName": "Flows per instance", "Value": 100.0}]},
    "connect.ListQueues": {"QueueSummaryList": [{"Id": "queue-1", "Name": "Main"}]},
    "connect.ListSecurityProfiles": {"SecurityProfileSummaryList": [{"Id": "profile-1", "Name": "Agent"}]},
    "connect.ListSecurityProfilePermissions": {"Permissions": ["CustomViews.Access", "EvaluationForms.Perform"]},
    "sns.ListTopics": {"Topics": []},
    "sns.ListSubscriptionsByTopic": {"Subscriptions": []},
    "pinpoint-sms-voice-v2.DescribeAccountAttributes": {
        "AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"}]
    },
    "pinpoint-sms-voice-v2.DescribeSpendLimits": {
        "SpendLimits": [
            {"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": 200, "MaxLimit": 200, "Overridden": False}
        ]
    },
    "pinpoint-sms-voice-v2.DescribeSenderIds": {
        "SenderIds": [
            {
                "SenderIdArn": "arn:aws:sms-voice:eu-west-2:111122223333:sender-id/COUNCIL/GB",
                "SenderId": "COUNCIL",
                "IsoCountryCode": "GB",
                "MessageTypes": ["TRANSACTIONAL"],
                "MonthlyLeasingPrice": "0",
                "DeletionProtectionEnabled": False,
                "Registered": True,
            }
        ]
    },
}


class CannedAccount:
    """Answers as told, in the shapes of botocore's models, and remembers the IAM action of each call."""

    def __init__(self, **changes: object) -> None:
        self.answers: dict[str, Any] = {**copy.deepcopy(HEALTHY), **changes}
        self.actions: set[str] = set()

    def read(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Answer after the request, and the answer, were held against the model."""
        model = _model(service).operation_model(operation)
        if model.input_shape is not None:
            validate_parameters(parameters, model.input_shape)
        self.actions.add(f"{_PREFIXES.get(service, service)}:{operation}")
        answer = self.answers[f"{service}.{operation}"]
        if callable(answer):
            answer = answer(**parameters)
        if operation == "GetParameter" and isinstance(answer, dict):
            answer = answer.get(parameters["Name"], AbsentError("absent"))
        if isinstance(answer, Exception):
            raise answer
        validate_parameters(answer, model.output_shape)
        found: Mapping[str, Any] = answer
        return found

    def pages(self, service: str, operation: str, member: str, /, **parameters: object) -> Iterator[Any]:
        """Answer with the items of one page."""
        assert member in _model(service).operation_model(operation).output_shape.members
        yield from self.read(service, operation, **parameters)[member]


def refused(operation: str) -> NotReadableError:
    """Return what reading raises where the role may not."""
    return NotReadableError(f"{operation}: AccessDeniedException", denied=True)


def _model(service: str) -> Any:  # noqa: ANN401 - botocore's model
    if service not in _MODELS:
        _MODELS[service] = botocore.session.get_session().get_service_model(service)
    return _MODELS[service]
