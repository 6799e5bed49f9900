import asyncio
import json

import pytest
from starlette.responses import Response, StreamingResponse

from api.auditing import CSV, JSON, exported
from api.site import Site
from registry.errors import NotFound
from registry.lifecycle import Role
from registry.people import KEEPER, Person
from tests.api.conftest import Sample, site_of

KEEPING = Person("k", "Kim", "k@x.example", roles={KEEPER: Role.REVIEWER})


def _body(answer: Response) -> bytes:
    assert isinstance(answer, StreamingResponse)

    async def whole() -> bytes:
        pieces = [piece async for piece in answer.body_iterator]
        return b"".join(piece for piece in pieces if isinstance(piece, bytes))

    return asyncio.run(whole())


@pytest.fixture(scope="module")
def site(sample: Sample) -> Site:
    return site_of(sample)


def test_a_file_of_every_change(site: Site) -> None:
    """All changes are sent as a file that nobody keeps on the way."""
    answer = exported(site, KEEPING, KEEPER, JSON, after=2)

    lines = json.loads(_body(answer))
    assert [line["sequence"] for line in lines][:2] == [3, 4]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.json"'


def test_csv(site: Site) -> None:
    """CSV begins with its headings."""
    body = _body(exported(site, KEEPING, KEEPER, CSV))

    assert body.decode("utf-8-sig").startswith("sequence,at,record,event,")


def test_refused_before_anything_is_sent(site: Site) -> None:
    """Who may not see the changes is told so, and not in the midst of a file."""
    with pytest.raises(NotFound):
        exported(site, Person("s", "Stranger", ""), KEEPER, CSV)
