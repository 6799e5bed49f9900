"""What the registry publishes of its own: context, ontology, shapes, examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import RdfFormat

from registry import graphs
from registry.errors import NotFound
from registry.iris import Iris
from registry.jsonld import Context
from registry.language import LANGUAGES, Text


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its SPARQL query.

    Attributes:
        name: of its file, without the extension.
        topic: the group of questions that it belongs to; empty if it says none.
        query: the whole file; relative IRIs in it are relative to the base.
    """

    name: str
    title: Text
    description: Text
    topic: str
    query: str


class Vocabulary:
    """Reads the ontology, the shapes and the examples when they are first asked for.

    Graphs are returned as canonical N-Triples.
    """

    def __init__(
        self, ontology: Path, shapes: Path, datasets: Path, iris: Iris
    ) -> None:
        self._ontology = ontology
        self._shapes = shapes
        self._datasets = datasets
        self._iris = iris
        self.context = Context.load(ontology, iris.context)

    @cached_property
    def ontology(self) -> str:
        """The integration ontology."""
        return self._read(self._ontology / "intg.ttl")

    @cached_property
    def terms(self) -> str:
        """The ontology with what tables share: code lists and SDMX properties."""
        components = self._read(self._ontology / "components.ttl")
        return "".join(sorted(graphs.lines(self.ontology + components)))

    @cached_property
    def shapes(self) -> Mapping[str, str]:
        """The graph of each shapes file, by the name of the file."""
        return {
            path.stem: self._read(path) for path in sorted(self._shapes.glob("*.ttl"))
        }

    @cached_property
    def examples(self) -> Sequence[Example]:
        """The SPARQL examples, by name."""
        folder = self._datasets / "queries"
        return [_example(path) for path in sorted(folder.glob("*.rq"))]

    def example(self, name: str) -> Example:
        """Returns one example.

        Raises:
            NotFound: there is no example of this name.
        """
        for example in self.examples:
            if example.name == name:
                return example
        raise NotFound(f"There is no example {name}.", f"Няма пример {name}.")

    def _read(self, path: Path) -> str:
        return graphs.read_file(path.read_bytes(), RdfFormat.TURTLE, self._iris.base)


def _example(path: Path) -> Example:
    query = path.read_text(encoding="utf-8")
    return Example(
        name=path.stem,
        title=_comments(query, "title"),
        description=_comments(query, "description"),
        topic=_comment(query, "topic"),
        query=query,
    )


def _comments(query: str, name: str) -> Text:
    """Returns the text of the header lines `# {name}-{language}: …`."""
    found = {tag: _comment(query, f"{name}-{tag}") for tag in LANGUAGES}
    return {tag: text for tag, text in found.items() if text}


def _comment(query: str, name: str) -> str:
    start = f"# {name}:"
    lines = (line for line in query.splitlines() if line.startswith(start))
    return next(lines, start).removeprefix(start).strip()
