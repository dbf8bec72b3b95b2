"""Errors as Amazon Connect's API models them."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class ConnectError(ServiceException):
    """An error of the service; outside moto's package, so that moto takes its shape from the service that was asked."""


def not_found(what: str) -> ConnectError:
    """Say that a resource does not exist, or not any more."""
    return ConnectError("ResourceNotFoundException", f"{what} was not found")


def invalid_request(why: str) -> ConnectError:
    """Say that the request does not fit the state of things."""
    return ConnectError("InvalidRequestException", why)


def invalid_parameter(why: str) -> ConnectError:
    """Say that a parameter is not well formed."""
    return ConnectError("InvalidParameterException", why)


def not_terminated(contact_id: str) -> ConnectError:
    """Say that a contact has not ended."""
    return ConnectError("ContactNotTerminatedException", f"The contact {contact_id} has not ended")


class ScenarioError(ValueError):
    """What a scenario says about a contact cannot be: one sentence with the contact and the field."""
