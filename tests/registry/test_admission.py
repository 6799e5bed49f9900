import json
from pathlib import Path

from registry import admission
from tests.versions import BASE, place

ROOT = Path(__file__).parents[2]
SETUP = {
    "ontology": str(ROOT / "ontology"),
    "shapes": str(ROOT / "shapes"),
    "base": BASE,
}


def test_tasks_are_answered_in_plain_json() -> None:
    """The near side rebuilds values from JSON; nothing is ever unpickled."""
    document = {"id": place("bg"), "type": "Location", "naem": "x"}
    asked = {**SETUP, "task": "read", "documents": [[place("bg"), document]]}

    [reading] = json.loads(admission.serve(json.dumps(asked).encode()))

    assert reading["content"]["triples"].count("\n") == 1
    assert reading["losses"] == [
        {"pointer": "/naem", "value": '"x"', "reason": "undefined-term"}
    ]
    assert reading["problem"] is None


def test_checking_names_rules_by_their_code() -> None:
    """A report crosses as a list of results."""
    triples = (
        f"<{place('bg')}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<http://purl.org/dc/terms/Location> .\n"
    )
    asked = {
        **SETUP,
        "task": "check",
        "kind": "place",
        "triples": triples,
        "focus": [place("bg")],
    }

    results = json.loads(admission.serve(json.dumps(asked).encode()))

    assert "name-missing" in {result["code"] for result in results}
