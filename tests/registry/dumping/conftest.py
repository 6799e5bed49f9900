from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests import dumping
from tests.dumping import Small


@pytest.fixture
def small(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Small]:
    """A small registry without dumps."""
    with dumping.small(tmp_path / "data", clock) as made:
        yield made
