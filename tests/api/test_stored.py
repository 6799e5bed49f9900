import asyncio
from typing import Any

from api.stored import PIECE, StoredResponse


class _Stored:
    """A body of zeros."""

    def __init__(self, size: int) -> None:
        self.size = self.left = size
        self.closed = False

    def read(self, most: int = -1) -> bytes:
        piece = self.left if most < 0 else min(most, self.left)
        self.left -= piece
        return b"0" * piece

    def close(self) -> None:
        self.closed = True


async def _receive() -> Any:
    await asyncio.Event().wait()


def test_body_is_sent_in_pieces_of_a_known_length() -> None:
    """The length stands in front, the end is told, and the file is closed."""
    stored, sent = _Stored(2 * PIECE + 5), []

    async def send(message: Any) -> None:
        sent.append(message)

    response = StoredResponse(stored, {"Content-Type": "text/csv"})
    asyncio.run(response({"type": "http"}, _receive, send))

    start, *pieces, end = sent
    assert dict(start["headers"])[b"content-length"] == str(stored.size).encode()
    assert [len(piece["body"]) for piece in pieces] == [PIECE, PIECE, 5]
    assert all(piece["more_body"] for piece in pieces)
    assert end == {"type": "http.response.body", "body": b""}
    assert stored.closed


def test_stalled_reader_is_given_up() -> None:
    """Who takes nothing for too long gets no end, and the file is closed."""
    stored, sent = _Stored(10 * PIECE), []

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 3:
            await asyncio.Event().wait()

    response = StoredResponse(stored, {"Content-Type": "text/csv"}, patience=0.01)
    asyncio.run(response({"type": "http"}, _receive, send))

    assert len(sent) == 3
    assert sent[-1]["more_body"]
    assert stored.closed
