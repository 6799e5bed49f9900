"""What tests of the query pool share: queries, and ways to wait."""

import asyncio
import os
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any

from registry.errors import RegistryError
from registry.ports import Answer, Query

BASE = "http://example.org/"
CSV = "text/csv"
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
COUNT = Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

# A billion rows to be sorted: it ends by no means of its own.
RUNAWAY = Query(
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i ?a LIMIT 1"
)
# A chain of paths between all pairs: endless, but modest in memory.
SLOW = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")


def graph(key: int, names: int = 100) -> tuple[str, str]:
    """Returns the graph of a made-up place with many names."""
    thing = f"{BASE}id/place/{key}"
    lines = (
        f'<{thing}> {LABEL} "Място {key} {number}"@bg .\n' for number in range(names)
    )
    return f"{BASE}graph/place/{key}", "".join(lines)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs a test that waits, for a minute at most."""
    asyncio.run(asyncio.wait_for(work, 60))


async def caught(work: Coroutine[Any, Any, Answer]) -> RegistryError:
    """Returns the refusal that the work ends in."""
    try:
        await work
    except RegistryError as error:
        return error
    raise AssertionError("it was not refused")


def children() -> set[int]:
    """Returns the query workers of this process that run."""
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return {int(pid) for pid in path.read_text().split() if _is_worker(pid)}


def _is_worker(pid: str) -> bool:
    """Tells them from whatever else a test run has started, other workers included."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False
    return b"registry.store.answering" in command


async def until(condition: Any) -> None:
    """Waits until the condition holds; `run` bounds it."""
    while not condition():
        await asyncio.sleep(0.01)


def number(n: int) -> Query:
    """Returns a query for a number, which is small."""
    return Query(f"SELECT ({n} AS ?n) {{}}")


def numbers(answers: Iterable[Answer]) -> list[int]:
    """Returns the numbers that were answered."""
    return [int(answer.body.decode().split()[1]) for answer in answers]
