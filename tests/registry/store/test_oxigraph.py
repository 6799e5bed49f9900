import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from registry.errors import Busy, EngineUnavailable, Invalid
from registry.namespaces import DCAT
from registry.store.oxigraph import OxigraphWriter, Snapshot, read_current

BASE = "http://example.org/"
G1, G2 = f"{BASE}graph/place/1", f"{BASE}graph/place/2"
OLD = '<http://example.org/a> <http://example.org/p> "old" .\n'
NEW = '<http://example.org/a> <http://example.org/p> "new"@bg .\n'


def position(number: int) -> str:
    """Returns the line that carries the sequence number in a dump."""
    return f'<{BASE}id/registry> <{DCAT}version> "{number}" <{BASE}graph/registry> .'


def in_graph(triple: str, graph: str) -> str:
    """Returns the triple as a line of a dump."""
    return triple.replace(" .\n", f" <{graph}> .")


def test_empty_store_is_at_zero(writer: OxigraphWriter) -> None:
    """A new store has reached nothing and holds nothing."""
    assert writer.sequence() == 0
    assert list(writer.dump()) == []


def test_graphs_are_replaced_whole(writer: OxigraphWriter) -> None:
    """Of a graph that is replaced nothing stays, and an empty one is removed."""
    writer.replace([(G1, OLD), (G2, OLD)], 1)
    writer.replace([(G1, NEW), (G2, "")], 2)

    assert list(writer.dump()) == [in_graph(NEW, G1), position(2)]
    assert writer.sequence() == 2


def test_last_of_two_texts_for_one_graph_holds(writer: OxigraphWriter) -> None:
    """A graph that comes twice in one call ends as it came last."""
    writer.replace([(G1, OLD), (G1, NEW)], 1)

    assert list(writer.dump()) == [in_graph(NEW, G1), position(1)]


@pytest.mark.parametrize(
    ("triples", "why"),
    [
        ('_:a <http://example.org/p> "x" .\n', "a blank subject"),
        ("<http://example.org/a> <http://example.org/p> _:b .\n", "a blank object"),
        ("<http://example.org/a> <http://example.org/p> .\n", "no object"),
        ("} } ; DROP ALL ; INSERT DATA { GRAPH <x:y> {", "an operation"),
    ],
)
def test_what_is_no_graph_of_ours_changes_nothing(
    writer: OxigraphWriter, triples: str, why: str
) -> None:
    """Blank nodes and anything but triples are refused, by both ways of writing."""
    writer.replace([(G1, OLD)], 1)

    with pytest.raises(Invalid):
        writer.replace([(G1, NEW), (G2, triples)], 2)
    with pytest.raises(Invalid):
        writer.fill([(G1, NEW), (G2, triples)], 2)

    assert list(writer.dump()) == [in_graph(OLD, G1), position(1)], why


def test_graph_names_are_terms(writer: OxigraphWriter) -> None:
    """A graph name that is no IRI is refused, not written into an update."""
    with pytest.raises(ValueError, match="Invalid IRI"):
        writer.replace([("x> {} } ; DROP ALL ; #", OLD)], 1)


def test_literals_survive_as_they_are(writer: OxigraphWriter) -> None:
    """Quotes, backslashes, line feeds and separators come back unchanged."""
    value = 'a"b\\c\nd\re\u2028f\u0085g .'
    line = f"<http://example.org/a> <http://example.org/p> {Literal(value)} .\n"

    writer.replace([(G1, line)], 1)
    replaced = list(writer.dump())
    writer.fill([(G1, line)], 1)

    assert list(writer.dump()) == replaced == [in_graph(line, G1), position(1)]


def test_filling_equals_replacing(tmp_path: Path) -> None:
    """A store filled in bulk holds what one replaced step by step holds."""
    graphs = [(f"{BASE}graph/place/{n}", OLD.replace("old", str(n))) for n in range(99)]
    with (
        OxigraphWriter(tmp_path / "a", BASE) as stepwise,
        OxigraphWriter(tmp_path / "b", BASE) as filled,
    ):
        for number, graph in enumerate(graphs, start=1):
            stepwise.replace([graph], number)
        loaded = filled.fill(iter(graphs), 99)

        assert loaded == 100
        assert list(filled.dump()) == list(stepwise.dump())


def test_graphs_may_come_in_pieces(writer: OxigraphWriter) -> None:
    """Pieces are the graph together, whether it is filled or replaced."""
    numbered = [OLD.replace("old", str(number)) for number in range(30)]
    held = sorted([in_graph(t, G1) for t in numbered] + [in_graph(NEW, G2)])

    writer.fill([(G1, iter(numbered)), (G2, NEW)], 1)
    assert list(writer.dump()) == [*held, position(1)]

    writer.replace([(G1, iter([OLD, NEW])), (G2, iter([]))], 2)
    assert list(writer.dump()) == [
        *sorted([in_graph(OLD, G1), in_graph(NEW, G1)]),
        position(2),
    ]


def test_big_graphs_pass_in_several_batches(writer: OxigraphWriter) -> None:
    """Graphs beyond a batch, and beyond what is removed at once, are whole."""
    long = "x" * 1000
    pieces = [
        "".join(OLD.replace("old", f"{long}{m}.{n}") for n in range(500))
        for m in range(30)
    ]
    small = [
        "".join(OLD.replace("old", f"{m}.{n}") for n in range(500)) for m in range(110)
    ]

    writer.replace([(G1, iter(pieces)), (G2, iter(small))], 1)
    assert len(list(writer.dump())) == 30 * 500 + 110 * 500 + 1

    writer.replace([(G1, iter([OLD])), (G2, iter([NEW]))], 2)
    assert list(writer.dump()) == [in_graph(OLD, G1), in_graph(NEW, G2), position(2)]


def test_half_replaced_graph_is_not_published(tmp_path: Path) -> None:
    """Readers keep what they have until the replacement was made again."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(G1, OLD)], 1)
        writer.publish()
        before = read_current(tmp_path)

        with pytest.raises(Invalid):
            writer.replace([(G1, iter([NEW, "no triple\n"]))], 2)
        writer.publish()
        assert read_current(tmp_path) == before
        assert writer.sequence() == 1

        writer.replace([(G1, iter([NEW]))], 2)
        writer.publish()
        after = read_current(tmp_path)
        assert after is not None
        assert after.sequence == 2


def test_filling_takes_the_place_of_what_was(writer: OxigraphWriter) -> None:
    """Filling leaves nothing of the store before it."""
    writer.replace([(G1, OLD)], 5)
    writer.fill([(G2, NEW)], 3)

    assert list(writer.dump()) == [in_graph(NEW, G2), position(3)]


def test_half_filled_store_does_not_count(tmp_path: Path) -> None:
    """When filling breaks off, the store before it is still there."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(G1, OLD)], 1)
    (tmp_path / "filling").mkdir()
    (tmp_path / "filling" / "CURRENT").write_text("broken off")

    with OxigraphWriter(tmp_path, BASE) as writer:
        assert writer.sequence() == 1
        assert not (tmp_path / "filling").exists()


def test_only_one_writer_at_a_time(writer: OxigraphWriter, tmp_path: Path) -> None:
    """A second writer is refused until the first one closes."""
    with pytest.raises(Busy):
        OxigraphWriter(tmp_path / "store", BASE)

    writer.close()
    OxigraphWriter(tmp_path / "store", BASE).close()


def test_damage_is_named_and_remedied(tmp_path: Path) -> None:
    """A damaged store is told apart, and a fresh one can take its place."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(G1, OLD)], 1)
    (tmp_path / "live" / "CURRENT").write_text("nonsense\n")

    with pytest.raises(EngineUnavailable) as caught:
        OxigraphWriter(tmp_path, BASE)
    assert caught.value.extra == {"reason": "damaged"}

    with OxigraphWriter(tmp_path, BASE, fresh=True) as writer:
        assert writer.sequence() == 0


def test_snapshot_shows_the_state_when_published(
    writer: OxigraphWriter, tmp_path: Path
) -> None:
    """Readers see what was published, whatever is written later."""
    writer.replace([(G1, OLD)], 4)
    writer.publish()
    writer.replace([(G1, NEW)], 5)

    current = read_current(tmp_path / "store")

    assert current is not None
    assert current.sequence == 4
    found = Store.read_only(str(current.path)).quads_for_pattern(
        None, None, None, NamedNode(G1)
    )
    assert [quad.object for quad in found] == [Literal("old")]


def test_nothing_is_current_before_publishing(
    writer: OxigraphWriter, tmp_path: Path
) -> None:
    """Without a publication there is no snapshot, and a spoilt pointer is none."""
    writer.replace([(G1, OLD)], 1)
    assert read_current(tmp_path / "store") is None

    (tmp_path / "store" / "current").write_text("../../etc")
    assert read_current(tmp_path / "store") is None


def test_publishing_twice_makes_one_snapshot(tmp_path: Path) -> None:
    """What readers see already is not published again, even after a restart."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(G1, OLD)], 1)
        writer.publish()
        first = read_current(tmp_path)
        writer.publish()
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.publish()

    assert read_current(tmp_path) == first
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [
        "000000000001-0"
    ]


def test_rebuilt_store_is_published_beside_the_old_one(tmp_path: Path) -> None:
    """A store rebuilt to the same number gets a snapshot of its own."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(G1, OLD)], 1)
        writer.publish()
    with OxigraphWriter(tmp_path, BASE, fresh=True) as writer:
        writer.fill([(G1, NEW)], 1)
        writer.publish()

    expected = Snapshot(tmp_path / "snapshots" / "000000000001-1", 1)
    assert read_current(tmp_path) == expected


def test_old_snapshots_go_when_nobody_can_use_them(tmp_path: Path) -> None:
    """The last few snapshots stay, and all that took their leave lately."""
    late = [0.0]
    with OxigraphWriter(
        tmp_path, BASE, kept=2, grace=60, clock=lambda: late[0]
    ) as writer:
        for number in range(1, 6):
            writer.replace([(G1, OLD)], number)
            writer.publish()
        recent = sorted(path.name for path in (tmp_path / "snapshots").iterdir())
        late[0] = (tmp_path / "snapshots").stat().st_mtime + 61
        writer.publish()
        later = sorted(path.name for path in (tmp_path / "snapshots").iterdir())

    assert recent == [f"{number:012d}-0" for number in range(1, 6)]
    assert later == ["000000000004-0", "000000000005-0"]


def test_snapshot_that_is_current_never_goes(tmp_path: Path) -> None:
    """Even with none to be kept, readers have something to open."""
    with OxigraphWriter(tmp_path, BASE, kept=1, grace=0, clock=lambda: 1e12) as writer:
        for number in (1, 2):
            writer.replace([(G1, OLD)], number)
            writer.publish()

    current = read_current(tmp_path)
    assert current is not None
    assert list((tmp_path / "snapshots").iterdir()) == [current.path]


def test_killed_writer_leaves_graph_and_number_in_step(tmp_path: Path) -> None:
    """After kill -9 in the middle of writing, the graphs are those of the number."""
    script = (
        "import itertools, sys\n"
        "from pathlib import Path\n"
        "from registry.store.oxigraph import OxigraphWriter\n"
        f"writer = OxigraphWriter(Path(sys.argv[1]), {BASE!r})\n"
        "for number in itertools.count(writer.sequence() + 1):\n"
        "    line = '<x:s> <x:p{}> \"' + str(number) + '\" .\\n'\n"
        "    triples = ''.join(line.format(place) for place in range(20))\n"
        f"    writer.replace([({G1!r}, triples), ({G2!r}, triples)], number)\n"
        "    print(number, flush=True)\n"
    )
    acknowledged = 0
    for round_ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as child:
            assert child.stdout
            for _ in range(20 + 7 * round_):
                acknowledged = int(child.stdout.readline())
            child.send_signal(signal.SIGKILL)
            for line in child.stdout:
                acknowledged = int(line)

        with OxigraphWriter(tmp_path, BASE) as writer:
            reached = writer.sequence()
            values = {line.split('"')[1] for line in writer.dump()}
            quads = sum(1 for _ in writer.dump())

        assert reached in {acknowledged, acknowledged + 1}
        assert values == {str(reached)}
        assert quads == 41


def test_writer_that_is_closed_says_so(writer: OxigraphWriter) -> None:
    """A closed writer does nothing any more."""
    writer.close()
    writer.close()

    with pytest.raises(ValueError, match="closed"):
        writer.sequence()


def test_missing_live_store_is_an_empty_one(tmp_path: Path) -> None:
    """A store lost between removal and renaming starts again from nothing."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(G1, OLD)], 1)
    shutil.rmtree(tmp_path / "live")

    with OxigraphWriter(tmp_path, BASE) as writer:
        assert writer.sequence() == 0
