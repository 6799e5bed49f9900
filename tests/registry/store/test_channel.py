import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from registry.confinement import ANSWER, CALL, FRAME, RECALL
from registry.store.channel import Channel, Recalled, opened


def talk(work: Callable[[Channel, socket.socket], Awaitable[None]]) -> None:
    """Runs work with our end and theirs."""

    async def run() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            channel = await opened(ours)
            try:
                await asyncio.wait_for(work(channel, theirs), 20)
            finally:
                channel.abort()

    asyncio.run(run())


def frame(body: bytes) -> bytes:
    """Returns an answer as it crosses."""
    return FRAME.pack(ANSWER, len(body)) + body


@pytest.mark.parametrize("cuts", [[], [3], [5], [7], [2, 5, 6]])
def test_a_frame_comes_whole_however_it_is_cut(cuts: list[int]) -> None:
    """In one piece or in many, it is the same answer, and so is the next one."""
    sent = frame(b"answer")
    pieces = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]

    async def work(channel: Channel, theirs: socket.socket) -> None:
        for _ in range(2):
            receiving = asyncio.ensure_future(channel.receive(100))
            for piece in pieces:
                await asyncio.sleep(0)
                theirs.sendall(piece)
                await asyncio.sleep(0.001)
            assert await receiving == (ANSWER, b"answer")

    talk(work)


def test_a_frame_may_come_before_it_is_waited_for() -> None:
    """Nothing is lost between two calls."""

    async def work(channel: Channel, theirs: socket.socket) -> None:
        theirs.sendall(frame(b"early") + frame(b"next"))
        await asyncio.sleep(0.01)
        assert await channel.receive(100) == (ANSWER, b"early")
        assert await channel.receive(100) == (ANSWER, b"next")

    talk(work)


def test_a_large_body_is_left_to_the_reader() -> None:
    """From a size on only the length is given; what follows is in the stream."""

    async def work(channel: Channel, theirs: socket.socket) -> None:
        async def take(reader: asyncio.StreamReader, size: int) -> tuple[bytes, int]:
            return await reader.readexactly(size), size

        theirs.sendall(frame(b"x" * 50))
        theirs.sendall(frame(b"small"))
        await asyncio.sleep(0.01)
        assert await channel.receive(100, 10, take) == (ANSWER, (b"x" * 50, 50))
        assert await channel.receive(100, 10, take) == (ANSWER, b"small")

    talk(work)


@pytest.mark.parametrize("sent", [b"", frame(b"answer")[:7], frame(b"x" * 101)])
def test_the_end_and_too_much_are_the_same(sent: bytes) -> None:
    """A worker that dies or says too much gives no answer."""

    async def work(channel: Channel, theirs: socket.socket) -> None:
        receiving = asyncio.ensure_future(channel.receive(100))
        await asyncio.sleep(0)
        theirs.sendall(sent)
        theirs.close()
        with pytest.raises(EOFError):
            await receiving

    talk(work)


def test_calls_cross_as_frames() -> None:
    """What is sent is a frame; to a closed end nothing can be sent."""

    async def work(channel: Channel, theirs: socket.socket) -> None:
        channel.send(CALL, b"question")
        assert theirs.recv(100) == FRAME.pack(CALL, 8) + b"question"
        channel.abort()
        with pytest.raises(ConnectionError):
            channel.send(CALL, b"question")

    talk(work)


def test_answers_go_to_those_who_called_in_their_order() -> None:
    """Calls may follow each other before any is answered, however answers are cut."""
    bodies = [b"one", b"", b"x" * 50, b"four"]
    sent = b"".join(map(frame, bodies))

    async def take(reader: asyncio.StreamReader, size: int) -> bytes:
        return await reader.readexactly(size)

    async def work(channel: Channel, theirs: socket.socket) -> None:
        for cut in range(len(sent)):
            waiting = [
                asyncio.ensure_future(channel.receive(100, 10, take)) for _ in bodies
            ]
            await asyncio.sleep(0)
            theirs.sendall(sent[:cut])
            await asyncio.sleep(0.001)
            theirs.sendall(sent[cut:])
            found = [await receiving for receiving in waiting]
            assert found == [(ANSWER, body) for body in bodies]

    talk(work)


def test_what_is_recalled_gets_no_answer() -> None:
    """The first call is answered; of the others nobody gets an answer, begun or not."""

    async def work(channel: Channel, theirs: socket.socket) -> None:
        first, *others = [asyncio.ensure_future(channel.receive(100)) for _ in range(3)]
        await asyncio.sleep(0)
        settled = asyncio.ensure_future(channel.recall(100))
        for receiving in others:
            with pytest.raises(Recalled):
                await receiving
        assert theirs.recv(100) == FRAME.pack(RECALL, 0)
        assert not first.done()

        # The second was begun before the recall was read, the third was not.
        theirs.sendall(frame(b"first") + frame(b"second") + 2 * FRAME.pack(RECALL, 0))
        assert await first == (ANSWER, b"first")
        await settled
        receiving = asyncio.ensure_future(channel.receive(100))
        theirs.sendall(frame(b"next"))
        assert await receiving == (ANSWER, b"next")

    talk(work)


def test_what_was_not_begun_says_so() -> None:
    """The first call may be recalled as well, if the worker has not begun it."""

    async def work(channel: Channel, theirs: socket.socket) -> None:
        receiving = asyncio.ensure_future(channel.receive(100))
        await asyncio.sleep(0)
        settled = asyncio.ensure_future(channel.recall(100))
        theirs.sendall(2 * FRAME.pack(RECALL, 0))
        with pytest.raises(Recalled):
            await receiving
        await settled

    talk(work)


def test_everybody_learns_of_the_end() -> None:
    """Also behind somebody who does not wait any more."""

    async def work(channel: Channel, theirs: socket.socket) -> None:
        waiting = [asyncio.ensure_future(channel.receive(100)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        theirs.close()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        kinds = [type(end) for end in ends]
        assert kinds == [asyncio.CancelledError, *2 * [asyncio.IncompleteReadError]]

    talk(work)
