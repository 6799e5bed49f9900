from pathlib import Path

from tests.serving import Operator, free_port


def test_refusals_are_one_line_and_exit_with_1(tmp_path: Path) -> None:
    """A domain error is a sentence on stderr, never a traceback."""
    ran = Operator(tmp_path / "none", free_port()).run("show", "institution/sar")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("registry: There is no registry at ")
    assert ran.stderr.count("\n") == 1


def test_wrong_usage_exits_with_2(served: Operator) -> None:
    """Arguments that make no sense are told apart from refusals."""
    assert served.run("show").returncode == 2
    assert served.run("load", "--nonsense").returncode == 2


def test_useless_settings_are_one_line(tmp_path: Path) -> None:
    """A setting that cannot work is named in a sentence."""
    ran = Operator(tmp_path, free_port(), base="ftp://data.example/").run("init")

    assert ran.returncode == 1
    assert "REGISTRY_SITE__BASE" in ran.stderr
    assert "Traceback" not in ran.stderr
