"""The emulated AWS End User Messaging SMS (``pinpoint-sms-voice-v2``), which moto does not have."""

from simulator.aws.sms.account import SmsAccount

__all__ = ["SmsAccount"]
