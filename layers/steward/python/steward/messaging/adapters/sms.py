"""AWS End User Messaging SMS: the API that was Amazon Pinpoint's SMS channel (``pinpoint-sms-voice-v2``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from steward.aws.errors import translate, translated
from steward.failures import AccessDenied, AwsError, Conflict, NotFound, Throttled
from steward.messaging.answers import Reason
from steward.messaging.ports import NotSentError, OutcomeUnknownError, Removal, TextMessage

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2.client import PinpointSMSVoiceV2Client

_REFUSALS: Final = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": Reason.OPTED_OUT,
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": Reason.COUNTRY_NOT_ALLOWED,
    "DESTINATION_COUNTRY_BLOCKED": Reason.COUNTRY_NOT_ALLOWED,
    "COUNTRY_NOT_ENABLED": Reason.COUNTRY_NOT_ALLOWED,
}
_FAILURES: Final = {
    "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": Reason.SPEND_LIMIT_REACHED,
    "PRICE_OVER_THRESHOLD": Reason.PRICE_TOO_HIGH,
    "NO_ORIGINATION_IDENTITIES_FOUND": Reason.NO_SENDER,
}
_BEFORE_THE_NETWORK: Final = frozenset(
    {
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "NoCredentialsError",
        "ParamValidationError",
        "ProxyConnectionError",
    }
)
"""Errors of botocore after which nothing has left this machine."""

_NOT_TAKEN: Final = frozenset(
    {
        "ValidationException",
        "ServiceQuotaExceededException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "UnrecognizedClientException",
    }
)
"""Further codes of refusals: SendTextMessage and "Common errors" in the API reference."""


@dataclass(frozen=True, slots=True)
class SmsVoice:
    """Sends through the council's sender. The client must make one attempt only: there is no idempotency token."""

    client: PinpointSMSVoiceV2Client
    sender: str
    configuration_set: str
    max_price: str
    """US dollars for one message, all its parts together; AWS refuses what costs more."""

    def send(self, message: TextMessage) -> str:
        """Send and return the message's id; see ``SmsService.send``.

        The client errors that AWS documents, throttling among them, mean that the request was refused; after a server
        error, an error that nobody knows or a broken connection the message may have been accepted. Raises NotSentError
        in the first case, or if the request never left, and OutcomeUnknownError in the second.
        """
        try:
            answer = self.client.send_text_message(
                DestinationPhoneNumber=message.to,
                OriginationIdentity=self.sender,
                MessageBody=message.body,
                MessageType="TRANSACTIONAL",
                ConfigurationSetName=self.configuration_set,
                MaxPrice=self.max_price,
                Context=message.context,
            )
        except ClientError as error:
            if not _was_refused(error):
                raise OutcomeUnknownError from error
            raise _refused(error) from error
        except BotoCoreError as error:
            if type(error).__name__ in _BEFORE_THE_NETWORK:
                raise NotSentError(Reason.UNAVAILABLE, detail=type(error).__name__) from error
            raise OutcomeUnknownError from error
        return answer["MessageId"]


@dataclass(frozen=True, slots=True)
class SmsVoiceOptOuts:
    """The opt-out list at the SMS service. Every call raises ``AwsError``."""

    client: PinpointSMSVoiceV2Client
    name: str

    def since(self, e164: str) -> datetime | None:
        """Return when the number was put on the list; None if it is not on it. Raises AwsError.

        A number that is not on the list is an error in the API reference and may as well be an empty answer.
        """
        try:
            with translated("pinpoint-sms-voice-v2.DescribeOptedOutNumbers"):
                answer = self.client.describe_opted_out_numbers(OptOutListName=self.name, OptedOutNumbers=[e164])
        except NotFound:
            return None
        moments = [entry["OptedOutTimestamp"] for entry in answer["OptedOutNumbers"]]
        return max(moments, default=None)

    def remove(self, e164: str) -> Removal:
        """Take the number off the list, which AWS allows once in 30 days."""
        try:
            with translated("pinpoint-sms-voice-v2.DeleteOptedOutNumber"):
                self.client.delete_opted_out_number(OptOutListName=self.name, OptedOutNumber=e164)
        except NotFound:
            return Removal.NOT_LISTED
        except Conflict:
            return Removal.REFUSED
        except AwsError:
            return Removal.NOT_KNOWN
        return Removal.DONE


def _was_refused(error: ClientError) -> bool:
    """Say whether AWS answered that it did not take the message."""
    kind = translate(error)
    return isinstance(kind, AccessDenied | Conflict | NotFound | Throttled) or kind.code in _NOT_TAKEN


def _refused(error: ClientError) -> NotSentError:
    code = error.response["Error"]["Code"]
    why = str(error.response.get("Reason", ""))
    if why in _REFUSALS:
        return NotSentError(_REFUSALS[why], refusal=True, detail=why)
    reason = Reason.THROTTLED if code == "ThrottlingException" else _FAILURES.get(why, Reason.REJECTED)
    return NotSentError(reason, detail=why or code)
