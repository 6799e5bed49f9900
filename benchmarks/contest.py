"""Puts load on several servers in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from benchmarks.figures import Effort, Rounds, in_turn
from benchmarks.load import Plan, Target, measure

NEAR = 0.9
"""From this share on, the load generator rather than the server sets the rate."""


def plan(effort: Effort, port: int, accept: str, targets: Sequence[Target]) -> Plan:
    """Returns the plan for one server."""
    return Plan(
        port=port,
        accept=accept,
        targets=targets,
        connections=effort.connections,
        seconds=effort.seconds,
    )


def contest(plans: Mapping[str, Plan], effort: Effort) -> tuple[Rounds, Sequence[str]]:
    """Carries out every plan once a round, after those that do not count.

    Returns:
        Answers per second, and notes on servers that could have done more than
        the load generator asked of them.
    """
    busy: dict[str, list[float]] = {name: [] for name in plans}

    reached = dict.fromkeys(plans, 0)

    def rate(name: str) -> float:
        # On from where it stopped, so that what was asked before is not asked again.
        plan = plans[name]
        start = reached[name] % len(plan.targets)
        following = [*plan.targets[start:], *plan.targets[:start]]
        sample = measure(replace(plan, targets=following))
        reached[name] += sample.answers
        busy[name].append(sample.busy)
        return sample.rate

    contenders = {name: lambda name=name: rate(name) for name in plans}
    in_turn(contenders, effort.warming)
    rounds = in_turn(contenders, effort.rounds)
    return rounds, [
        f"{name}: the load generator was the limit, the server can do more"
        for name in plans
        if median(busy[name]) > NEAR
    ]
