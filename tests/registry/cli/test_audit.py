import csv
import json
from io import StringIO

from tests.serving import Operator


def test_export_as_csv(served: Operator) -> None:
    """Every change is a line, from the first on."""
    ran = served.run("audit", "export")

    assert ran.returncode == 0
    rows = list(csv.DictReader(StringIO(ran.stdout.removeprefix("\ufeff"), newline="")))
    assert [row["sequence"] for row in rows[:3]] == ["1", "2", "3"]
    assert {row["event"] for row in rows} == {"submitted", "accepted"}
    assert {row["organisation"] for row in rows} == {"keeper"}


def test_export_as_json(served: Operator) -> None:
    """JSON is one array, which can go on from where another export ended."""
    whole = json.loads(served.run("audit", "export", "--format", "json").stdout)
    rest = served.run(
        "audit", "export", "--format", "json", "--after", str(len(whole) - 2)
    )

    assert [line["sequence"] for line in whole] == list(range(1, len(whole) + 1))
    assert json.loads(rest.stdout) == whole[-2:]


def test_no_such_organisation(served: Operator) -> None:
    """An organisation that is not there is refused in one line."""
    ran = served.run("audit", "export", "--organisation", "nowhere")

    assert ran.returncode == 1
    assert "There is no organisation nowhere." in ran.stderr
