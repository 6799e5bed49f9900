import json

from registry import graphs
from tests.serving import Operator


def test_show_prints_a_record_for_people(served: Operator) -> None:
    """A table of what the record says, with nested facts in full."""
    ran = served.run("show", "institution/sar")

    assert ran.returncode == 0
    assert "Държавна агенция за бежанците" in ran.stdout
    assert "address.postCode" in ran.stdout


def test_show_prints_json_and_quads_for_programs(served: Operator) -> None:
    """JSON is the document; N-Quads are its triples in the record's graph."""
    document = json.loads(served.run("show", "place/bg422", "--format", "json").stdout)
    quads = served.run("show", "place/bg422", "--format", "nq").stdout

    assert document["id"] == f"{served.base}id/place/bg422"
    assert len(quads.split("\n")) > 5
    assert all(
        line.endswith(f" <{served.base}graph/place/bg422> .")
        for line in quads.split("\n")[:-1]
    )


def test_show_item_says_where_the_record_comes_from(served: Operator) -> None:
    """With --item come status, source and review note."""
    shown = json.loads(
        served.run("show", "institution/sar", "--item", "--format", "json").stdout
    )

    assert shown["status"] == "http://purl.org/linked-data/registry#statusStable"
    assert shown["primarySource"] == "https://asylum.bg/index.php/bg/bg3-4"
    assert shown["note"]["en"].startswith("Fax 02 9559476.")
    assert shown["definition"]["entity"]["id"] == f"{served.base}id/institution/sar"


def test_unknown_record_is_refused(served: Operator) -> None:
    """Asking for what is not there exits with 1."""
    assert served.run("show", "institution/nobody").returncode == 1
    assert served.run("show", "nonsense").returncode == 1


def test_history_lists_every_entry(served: Operator) -> None:
    """Who did what when, oldest first."""
    entries = json.loads(
        served.run("history", "institution/sar", "--format", "json").stdout
    )

    assert [(e["event"], e["actor"], e["version"]) for e in entries] == [
        ("submitted", "dataset/institutions/institutions", 0),
        ("accepted", "operator", 1),
    ]


def test_export_has_every_published_record(served: Operator) -> None:
    """As a list, as JSON lines and as N-Quads, of one kind or of all."""
    table = served.run("export", "--kind", "training-centre", "--format", "table")
    lines = served.run("export", "--kind", "training-centre", "--format", "json")
    quads = served.run("export", "--kind", "training-centre")

    documents = [json.loads(line) for line in lines.stdout.splitlines()]
    assert len(documents) == 63
    assert table.stdout.count("training-centre/") == 63
    assert len({line.rsplit(" ", 2)[1] for line in quads.stdout.split("\n")[:-1]}) == 63
    assert graphs.triples(quads.stdout.split("\n")[0].rsplit(" ", 2)[0] + " .\n")
