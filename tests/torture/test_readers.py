"""Two readers that share no code over every record of the datasets.

REGISTRY_TEST_TORTURE=500 pytest -s tests/torture/test_readers.py
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from registry import graphs, second_reading
from registry.documents import N_TRIPLES, TURTLE
from registry.kinds import KINDS
from registry.settings import Settings
from registry.wiring import open_registry
from tests import sharing
from tests.besieging import TORTURE

EVERY = 1 if TORTURE else 50
"""One record in so many is read; it takes a minute for all of them."""


def test_both_readers_read_the_same_in_every_record(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """As JSON-LD, Turtle and N-Triples; each of them throws if they do not."""
    data = sharing.loaded(tmp_path_factory)
    read: Counter[str] = Counter()
    with closing(open_registry(Settings(data=data))) as registry:
        context = registry.vocabulary.context
        for kind in KINDS:
            for version in list(registry.journal.heads(kind))[::EVERY]:
                root = registry.iris.thing(version.head.record)
                triples = version.content.triples
                document = json.loads(version.content.document)
                second_reading.check_document(document, context, root, triples)
                for media_type, text in _written(triples):
                    assert graphs.read_text(text, media_type, root) == triples
                    second_reading.check_text(text, media_type, root, triples)
                read[kind] += 1

    print(f"\n{read.total()} records read alike by both readers: {dict(read)}")
    assert read.total() * EVERY > 1000


def _written(triples: str) -> Iterator[tuple[str, str]]:
    for media_type, name in ((TURTLE, "ttl"), (N_TRIPLES, "nt")):
        yield media_type, graphs.serialise(triples, graphs.FORMATS[name]).decode()
