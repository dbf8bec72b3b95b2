"""Runs contact flows as Amazon Connect does: action by action, with scripted callers and agents."""

from simulator.flow_runner.call import Call, Entry, Given, Run, Step
from simulator.flow_runner.library import Deployed, FlowLibrary
from simulator.flow_runner.ports import InvocationFailure, Surroundings
from simulator.flow_runner.runner import FlowError, FlowRunner

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
