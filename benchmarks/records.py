"""A record as JSON-LD over HTTP, against a bare route that has the same bytes.

Every answer is made anew: what is measured is reading the journal.
"""

import random
import tempfile
from pathlib import Path

from benchmarks import corpus, servers
from benchmarks.contest import contest, plan
from benchmarks.figures import Effort, Figure, Findings
from benchmarks.load import Target

SMALL, LARGE = 1_000, 100_000
"""Records in the two journals."""
DIFFERENT = 5_000
"""Records that are asked for, at most, in an order of chance."""
HALF, EQUAL = 0.5, 0.8
"""The least that is wanted of a bare route's rate, and of the small journal's."""

_BARE, _FEW, _MANY = "bare route", "small journal", "large journal"
_JSON_LD = "application/ld+json"


def run(effort: Effort) -> list[Findings]:
    """Measures both journals and the bare route in turn."""
    small, large = effort.sized(SMALL), effort.sized(LARGE)
    with tempfile.TemporaryDirectory() as folder:
        few, many, body = (Path(folder) / name for name in ("few", "many", "body"))
        corpus.fill(few, small)
        corpus.fill(many, large)
        body.write_bytes(corpus.body(0, few))
        bare, first, second = (
            servers.bare(body),
            servers.registry(few, keeping=False),
            servers.registry(many, keeping=False),
        )
        with servers.running(bare, first, second):
            plans = {
                _BARE: plan(effort, bare.port, _JSON_LD, [Target("/record", '"id"')]),
                _FEW: plan(effort, first.port, _JSON_LD, _targets(small)),
                _MANY: plan(effort, second.port, _JSON_LD, _targets(large)),
            }
            rounds, notes = contest(plans, effort)
    return [
        Findings(
            f"A record as JSON-LD over HTTP, among {small:,} and {large:,} records",
            "answers/s",
            rounds.medians(),
            (
                Figure(f"{_FEW} : {_BARE}", rounds.ratio(_FEW, _BARE), HALF),
                Figure(f"{_MANY} : {_BARE}", rounds.ratio(_MANY, _BARE), HALF),
                Figure(f"{_MANY} : {_FEW}", rounds.ratio(_MANY, _FEW), EQUAL),
            ),
            notes,
        )
    ]


def _targets(count: int) -> list[Target]:
    order = random.Random(1)  # noqa: S311 - the same order in every run
    numbers = order.sample(range(count), min(count, DIFFERENT))
    return [
        Target(f"/doc/{record}", f'"{corpus.IRIS.thing(record)}"')
        for record in map(corpus.record, numbers)
    ]
