"""The near side of harvesting: has documents read in a sandboxed worker."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.errors import MalformedDocument
from registry.foreign import Finding, Found, Page
from registry.sandbox import Caller, Stopped
from registry.sources.advice import FetchError, finding
from registry.sources.fetching import Fetched

DEADLINE = 60.0
"""Seconds that a document may take to be read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it was read.

    Attributes:
        page: its datasets.
        following: addresses of next pages.
    """

    page: Page
    following: Sequence[str] = ()


class Reader:
    """Reads documents in a worker.

    Args:
        worker: runs `registry.sources.parsing:serve`.
        base: base IRI of the registry.
    """

    def __init__(self, worker: Caller, base: str) -> None:
        self._worker = worker
        self._base = base

    def read(self, fetched: Fetched) -> Sheet:
        """Returns what a document describes; one that cannot be read is refused."""
        head = {
            "address": fetched.address,
            "media_type": fetched.media_type,
            "base": self._base,
        }
        payload = json.dumps(head).encode() + b"\n" + fetched.body
        try:
            answer = json.loads(self._worker.call(payload, DEADLINE))
        except MalformedDocument as error:
            return refused(fetched.address, FetchError("malformed", error.detail["en"]))
        except Stopped as error:
            return refused(fetched.address, FetchError("stopped", error.reason))
        return Sheet(
            Page(
                fetched.address,
                tuple(_found(one) for one in answer["datasets"]),
                tuple(_at(Finding(**one), fetched) for one in answer["refused"]),
            ),
            tuple(answer["next"]),
        )


def refused(address: str, error: FetchError) -> Sheet:
    """Returns the page that stands for one that could not be read."""
    return Sheet(Page(address, (), (finding(error.rule, address, "", error.value),)))


def _found(answer: Mapping[str, Any]) -> Found:
    losses = tuple(Finding(**loss) for loss in answer["losses"])
    return Found(answer["iri"], answer["document"], losses)


def _at(refusal: Finding, fetched: Fetched) -> Finding:
    """Returns the refusal of a dataset without an IRI as one of its page."""
    source = refusal.source or fetched.address
    return Finding(source, refusal.term, refusal.value, refusal.rule, refusal.message)
