import platform
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from registry.confinement import CALL, FRAME, RECALL, Calls, program


@pytest.mark.parametrize(("machine", "calls"), [("x86_64", 5), ("aarch64", 5)])
def test_program_jumps_to_its_refusal(machine: str, calls: int) -> None:
    """Every call that is denied, and no other step, leads to the refusal."""
    code = program(machine)
    assert code is not None
    steps = list(struct.iter_unpack("HBBI", code))
    refusal = len(steps) - 1

    targets = [
        index + 1 + taken
        for index, (_, taken, _, _) in enumerate(steps)
        if taken and index > 1
    ]

    assert targets == [refusal] * (calls + 1)
    assert steps[refusal][3] == 0x00050001
    assert steps[refusal - 1][3] == 0x7FFF0000


def test_network_is_given_by_leaving_out_one_call() -> None:
    """A process that may open sockets is refused all the other calls."""
    closed, opened = program("x86_64"), program("x86_64", network=True)
    assert closed
    assert opened

    numbers = [
        {step[3] for step in struct.iter_unpack("HBBI", code)}
        for code in (closed, opened)
    ]
    assert numbers[0] - numbers[1] == {41}
    assert numbers[1] < numbers[0]


def test_unknown_machine_has_no_program() -> None:
    """A machine whose call numbers are not known is not filtered by guess."""
    assert program("pdp11") is None
    assert program(platform.machine()) is None or platform.machine() in {
        "x86_64",
        "aarch64",
    }


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Iterator[bytes]]]:
    """The caller's end of a channel, and the calls at the other."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        yield ours, iter(Calls(theirs))


def call(body: bytes) -> bytes:
    """Returns a call as it crosses."""
    return FRAME.pack(CALL, len(body)) + body


Ends = tuple[socket.socket, Iterator[bytes]]


def test_calls_come_in_their_order(ends: Ends) -> None:
    """Several may be there at one time, and none is lost until the channel closes."""
    ours, calls = ends
    bodies = [b"one", b"", b"x" * 50_000, b"four"]
    ours.sendall(b"".join(map(call, bodies)))

    assert [next(calls) for _ in bodies] == bodies
    ours.shutdown(socket.SHUT_WR)
    assert list(calls) == []


@pytest.mark.parametrize("cut", range(1, 14))
def test_calls_may_come_in_pieces(ends: Ends, cut: int) -> None:
    """The rest of a call is waited for."""
    ours, calls = ends
    sent = call(b"ab") + call(b"cd")
    ours.sendall(sent[:cut])
    sending = threading.Timer(0.02, ours.sendall, [sent[cut:]])
    sending.start()

    assert [next(calls), next(calls)] == [b"ab", b"cd"]
    sending.join()


def test_what_is_recalled_is_not_begun(ends: Ends) -> None:
    """Each call that was not begun is answered by saying so, and so is the recall."""
    ours, calls = ends
    ours.sendall(call(b"begun"))
    assert next(calls) == b"begun"
    ours.sendall(call(b"b") + call(b"c") + FRAME.pack(RECALL, 0) + call(b"next"))

    assert next(calls) == b"next"
    said = ours.recv(100)
    assert said == 3 * FRAME.pack(RECALL, 0)


def test_a_recall_is_seen_before_the_next_call_is_begun(ends: Ends) -> None:
    """Though that call is here already."""
    ours, calls = ends
    ours.sendall(call(b"begun") + call(b"b"))
    assert next(calls) == b"begun"
    ours.sendall(FRAME.pack(RECALL, 0) + call(b"next"))

    assert next(calls) == b"next"
    assert ours.recv(100) == 2 * FRAME.pack(RECALL, 0)
