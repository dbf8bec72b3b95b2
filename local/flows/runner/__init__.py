"""Runs contact flows as Amazon Connect does: action by action, with scripted callers and agents."""

from local.flows.runner.call import Call, Entry, Given, Run, Step
from local.flows.runner.library import Deployed, FlowLibrary
from local.flows.runner.ports import InvocationFailure, Surroundings
from local.flows.runner.runner import FlowError, FlowRunner

__all__ = [
    "Call",
    "Deployed",
    "Entry",
    "FlowError",
    "FlowLibrary",
    "FlowRunner",
    "Given",
    "InvocationFailure",
    "Run",
    "Step",
    "Surroundings",
]
