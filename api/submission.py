"""Submissions and proposals as JSON tells of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from registry import duplicates
from registry.desk import Comment, Submission
from registry.intake import Proposal, errors
from registry.iris import Iris
from registry.losses import MESSAGES, OTHER, Loss
from registry.record import Content, Entry, Provenance, Version
from registry.report import Report


def address(iris: Iris, number: int) -> str:
    """Returns the address of a submission."""
    return f"{iris.base}submissions/{number}"


def told(submission: Submission, iris: Iris) -> dict[str, Any]:
    """Returns what is known of a submission, without its content."""
    entry = submission.entry
    amends, decision = submission.amends, submission.decision
    return {
        "number": submission.number,
        "address": address(iris, submission.number),
        "document": f"{address(iris, submission.number)}/document",
        "record": iris.thing(entry.record),
        "organisation": submission.organisation,
        "channel": submission.channel,
        "outcome": submission.outcome,
        "actor": entry.actor,
        "at": _moment(entry.at),
        "reason": entry.reason,
        "basedOn": entry.based_on,
        "digest": entry.digest,
        "provenance": provenance(entry.provenance),
        "amends": None if amends is None else address(iris, amends.number),
        "decision": None if decision is None else _decided(decision),
        "claimedBy": submission.claimed_by,
        "losses": losses(submission.losses),
    }


def _decided(decision: Entry) -> dict[str, Any]:
    return {
        "event": decision.event,
        "status": decision.status,
        "version": decision.version,
        "actor": decision.actor,
        "at": _moment(decision.at),
        "reason": decision.reason,
    }


def provenance(given: Provenance) -> dict[str, Any]:
    """Returns where something comes from."""
    return {
        "sources": [asdict(source) for source in given.sources],
        "nameSeenIn": list(given.name_seen_in),
        "note": dict(given.note),
    }


def proposed(proposal: Proposal, iris: Iris) -> dict[str, Any]:
    """Returns what became of one document that was proposed."""
    current = proposal.current
    return {
        "record": iris.thing(proposal.record),
        "acceptable": proposal.acceptable,
        "problem": None if proposal.problem is None else dict(proposal.problem),
        "losses": losses(proposal.losses),
        "lossy": bool(proposal.lost),
        "report": report(proposal.report),
        "advice": [
            {**asdict(advice), "message": dict(advice.message)}
            for advice in proposal.advice
        ],
        "basedOn": proposal.based_on,
        "current": 0 if current is None else current.head.version,
        "unchanged": proposal.unchanged,
        "duplicates": [
            {
                "record": iris.thing(found.record),
                "name": dict(found.name),
                "reasons": [
                    {"code": code, "message": dict(duplicates.MESSAGES[code])}
                    for code in found.reasons
                ],
            }
            for found in proposal.duplicates
        ],
    }


def losses(found: Sequence[Loss]) -> list[dict[str, Any]]:
    """Returns what is not kept of a document, each piece with the reason in words."""
    return [
        {**asdict(loss), "message": dict(MESSAGES.get(loss.reason, OTHER))}
        for loss in found
    ]


def report(found: Report) -> dict[str, Any]:
    """Returns a report."""
    return {"conforms": found.conforms, "results": errors(found.results)}


def difference(content: Content, base: Version | None) -> dict[str, Sequence[str]]:
    """Returns the triples that a content has more and less than a version.

    Lines of canonical N-Triples, in their order.
    """
    new = set(content.triples.split("\n"))
    old = set(base.content.triples.split("\n")) if base else set()
    return {"added": sorted(new - old - {""}), "removed": sorted(old - new - {""})}


def comment(made: Comment) -> Mapping[str, Any]:
    """Returns what somebody said."""
    return {
        "number": made.number,
        "actor": made.actor,
        "text": made.text,
        "at": _moment(made.at),
    }


def noted(entry: Entry, iris: Iris) -> Mapping[str, Any]:
    """Returns what was noted in the journal about a record."""
    return {
        "sequence": entry.sequence,
        "record": iris.thing(entry.record),
        "event": entry.event,
        "status": entry.status,
        "version": entry.version,
        "at": _moment(entry.at),
        "reason": entry.reason,
    }


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
