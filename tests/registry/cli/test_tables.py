import json
from pathlib import Path

import pytest

from tests.serving import Operator, free_port

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "datasets" / "tables"


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Somebody with a registry that holds the code lists of a table."""
    operator = Operator(tmp_path / "data", free_port())
    assert operator.run("init").returncode == 0
    lists = ("place-level", "frequency", "unit", "obs-flag", "agedef", "age", "sex")
    files = [f"schemes/{name}.csv" for name in lists]
    places = ("places/nuts.csv", "places/reporting-areas.csv")
    assert operator.run("load", *files, *places).returncode == 0
    return operator


def test_a_table_is_added_once(operator: Operator) -> None:
    """The outcome says which version has the figures, and whether it is new."""
    command = (
        "table",
        "add",
        str(FOLDER / "migr-imm8.csv"),
        "--structure",
        str(FOLDER / "migr-imm8.json"),
    )
    first = json.loads(operator.run(*command, "--format", "json").stdout)
    again = operator.run(*command)

    assert first == {
        "published": True,
        "record": "table/migr-imm8",
        "version": 1,
        "new_version": True,
        "observations": 6763,
        "gaps": 0,
        "first_period": "1991",
        "last_period": "2022",
        "withheld": 0,
        "warnings": 0,
    }
    assert again.returncode == 0
    assert "False" in again.stdout


def test_bad_figures_are_refused_with_a_report(
    operator: Operator, tmp_path: Path
) -> None:
    """People read it on stderr, programs on stdout; nothing is published."""
    bad = tmp_path / "bad.csv"
    header = "freq,agedef,age,sex,geo,time_period,obs_value,obs_flag"
    bad.write_text(f"{header}\nA,COMPLET,TOTAL,X,BG,2022,1,\n", encoding="utf-8")
    command = ("table", "add", str(bad), "--structure", str(FOLDER / "migr-imm8.json"))
    people = operator.run(*command)
    program = operator.run(*command, "--format", "json")

    assert (people.returncode, program.returncode) == (1, 1)
    assert "bad.csv, column sex: This code is not in the list" in people.stderr
    assert "row 2 “X” (unknown-code)" in people.stderr
    report = json.loads(program.stdout)
    assert report["published"] is False
    assert [f["rule"] for f in report["findings"]] == ["unknown-code"]
    assert operator.run("history", "table/migr-imm8").returncode == 1


def test_a_description_that_is_none_is_refused(
    operator: Operator, tmp_path: Path
) -> None:
    """The message names the member that is missing or wrong."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"key": "wrong"}', encoding="utf-8")
    ran = operator.run(
        "table", "add", str(FOLDER / "migr-imm8.csv"), "--structure", str(wrong)
    )

    assert ran.returncode == 1
    assert "wrong.json: title: Field required" in ran.stderr
