import platform
import struct

import pytest

from registry.confinement import program


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
