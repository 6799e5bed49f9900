import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry import documents, strangers
from registry.desk import Draft
from registry.drafting import Drafting
from registry.foreign import Found, Page
from registry.harvest import Outcome, harvest
from registry.intake import Proposed
from registry.losses import Loss
from registry.namespaces import DCT, FOAF, INTG, RDF
from registry.register_uploads import RegisterUploads
from registry.sandbox import Worker
from registry.statistics.code_names import CodeNames
from tests.desk import CLUB, THING, Office, named
from tests.forms import forms
from tests.versions import AT, CONTEXT, IRIS

ROOT = "http://registry.example/id/place/bg"


def test_a_record_speaks_of_itself_and_its_nodes() -> None:
    """Addresses of every harmless kind may stand in it."""
    text = "".join(
        f"<{ROOT}#a> <https://p.example/> <{iri}> .\n"
        for iri in ("mailto:a@example.org", "tel:+359", "urn:x:y", "doi:10.1/2")
    )

    assert list(strangers.found(f'<{ROOT}> <http://p> "x\\n" .\n{text}', ROOT)) == []


def test_everything_strange_is_named_once() -> None:
    """Other subjects, dangerous addresses, and characters that no text needs."""
    text = (
        '<http://other.example/> <http://p> "a\\u0001" .\n'
        "<http://other.example/> <http://q> <JavaScript:alert> .\n"
        "<http://known.example/> <http://q> <JavaScript:alert> .\n"
    )

    found = list(strangers.found(text, ROOT, ["http://known.example/"]))

    assert found == [
        Loss("", ROOT, "nothing-said"),
        Loss("", "http://other.example/", "foreign-subject"),
        Loss("", "a\N{REPLACEMENT CHARACTER}", "control-character"),
        Loss("", "JavaScript:alert", "bad-scheme"),
    ]


def test_every_reason_has_its_sentences() -> None:
    """In both languages."""
    assert all(set(text) == {"bg", "en"} for text in strangers.PROBLEMS.values())


Way = Callable[[Office, str, Path], bool]
"""Hands a good practice in whose page has an address; says whether it was taken."""


def _proposed(office: Office, document: Mapping[str, Any] | bytes, kind: str) -> bool:
    (made,) = office.intake.propose([Proposed(CLUB, document, kind)])
    return made.content is not None and not made.lost


def _by_json_ld(office: Office, iri: str, _: Path) -> bool:
    return _proposed(office, named("Клуб", homepage=[iri]), documents.JSON_LD)


def _by_turtle(office: Office, iri: str, _: Path) -> bool:
    text = f"{PAGED} <{iri}> ."
    return _proposed(office, text.encode(), documents.TURTLE)


def _by_n_triples(office: Office, iri: str, _: Path) -> bool:
    text = f"{PAGED.replace('<>', f'<{THING}>')} <{iri}> ."
    return _proposed(office, text.encode(), documents.N_TRIPLES)


def _by_form(office: Office, iri: str, _: Path) -> bool:
    work = Drafting(office.journal, office.desk, office.intake, forms())
    typed = (("title.bg", "Клуб"), ("description.bg", "Говорят."), ("page", iri))
    draft = Draft("d", CLUB, "haskovo", "ann", 0, typed, None, AT)
    return work.check(draft).ready


def _by_sheet(office: Office, iri: str, folder: Path) -> bool:
    with Worker("registry.sheets.worker:serve", memory=2 * 1024**3) as worker:
        uploads = RegisterUploads(
            office.journal,
            IRIS,
            CONTEXT,
            forms(),
            office.stewards,
            office.intake,
            worker,
            CodeNames(office.journal),
        )
        written = io.StringIO()
        sheet = uploads.download("practice", "haskovo", "en", workbook=False)
        (head, *_) = csv.reader(io.StringIO(sheet.decode("utf-8-sig")))
        row = {"title.bg": "Клуб", "description.bg": "Говорят.", "page": iri}
        names = [heading.partition(" – ")[0] for heading in head]
        csv.writer(written).writerows([head, [row.get(name, "") for name in names]])
        file = folder / "sheet.csv"
        file.write_text(written.getvalue(), encoding="utf-8")
        return uploads.check("practice", "haskovo", file, "seed").sound


def _by_harvest(office: Office, iri: str, _: Path) -> bool:
    name = "https://a.example/d"
    document = {"type": ["Dataset"], "title": {"bg": "Набор"}, "source": [name]}
    found = Found(name, {**document, "page": [iri]})
    source = OnePage(Page("https://a.example/", (found,)))
    done = harvest(
        source,
        journal=office.journal,
        desk=office.desk,
        gate=office.gate,
        show=True,
    )
    return done.count(Outcome.NEW) == 1


PAGED = f"""<> <{RDF}type> <{INTG}IntegrationMeasure> .
<> <{DCT}title> "Клуб"@bg .
<> <{DCT}description> "Говорят."@bg .
<> <{FOAF}homepage>"""

WAYS: Mapping[str, Way] = {
    "json-ld": _by_json_ld,
    "turtle": _by_turtle,
    "n-triples": _by_n_triples,
    "form": _by_form,
    "sheet": _by_sheet,
    "harvest": _by_harvest,
}


@dataclass(frozen=True)
class OnePage:
    """A source with one page."""

    page: Page
    address: str = "https://a.example/"
    host: str = "a.example"

    def pages(self) -> Iterator[Page]:
        """Returns it."""
        return iter([self.page])


@pytest.mark.parametrize("way", WAYS)
def test_no_way_in_takes_an_address_that_nobody_should_follow(
    office: Office, way: str, tmp_path: Path
) -> None:
    """Whichever way something comes, the list of schemes is the same."""
    taken = {
        iri: WAYS[way](office, iri, tmp_path)
        for iri in (
            "https://good.example/",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://x.example/",
            "blob:x",
        )
    }

    assert [iri for iri, was in taken.items() if was] == ["https://good.example/"]
