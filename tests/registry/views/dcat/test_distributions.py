from registry.namespaces import DCAT, DCT, RDF, RDFS, SPDX
from registry.ports import File
from registry.views.dcat import distributions
from registry.views.dcat.distributions import Distributed, Terms
from registry.views.dcat.formats import DUMPED, SLICED
from registry.views.dcat.statements import Statements
from tests.dcat import DIGEST, file, values
from tests.versions import AT, BASE, IRIS

KEY = "table.migr.imm"
DATASET = f"{BASE}id/catalog/{KEY}"
CSV = f"{DATASET}#csv"


def distributed(terms: Terms) -> Distributed:
    title = {"bg": "Имиграция", "en": "Immigration"}
    return Distributed(KEY, title, terms, "STABLE", AT, AT, IRIS)


def described(name: str, terms: Terms | None = None) -> str:
    made = Statements()
    shared = distributed(terms or Terms(None, {}))
    for format_, found in distributions.dumped(KEY, [file(name)]):
        distributions.add_file(made, format_, found, shared)
    return made.canonical()


def test_files_of_a_dataset_are_told_from_those_of_others() -> None:
    """Keys may have dots: the name has to be the key and a known extension."""
    names = [f"{KEY}.csv", f"{KEY}.parquet", f"{KEY}.other.csv", f"{KEY}.exe", "a.csv"]
    found = distributions.dumped(KEY, [file(name) for name in names])

    assert [(format_.key, each.name) for format_, each in found] == [
        ("csv", f"{KEY}.csv"),
        ("parquet", f"{KEY}.parquet"),
    ]


def test_a_file_has_its_size_and_checksum() -> None:
    """A portal can check what it downloaded."""
    made = Statements()
    given = File(f"{KEY}.csv", 1234, DIGEST)
    distributions.add_file(made, DUMPED["csv"], given, distributed(Terms(None, {})))
    text = made.canonical()

    assert values(text, DATASET, f"{DCAT}distribution") == [CSV]
    assert values(text, CSV, f"{DCAT}byteSize") == ["1234"]
    assert values(text, CSV, f"{DCAT}downloadURL") == [f"{BASE}dump/{KEY}.csv"]
    assert values(text, CSV, f"{SPDX}checksum") == [f"{CSV}-checksum"]
    assert values(text, f"{CSV}-checksum", f"{SPDX}checksumValue") == [DIGEST]
    assert values(text, CSV, f"{DCT}description") == [
        "Immigration – CSV.@en",
        "Имиграция – CSV.@bg",
    ]


def test_what_is_compressed_says_how() -> None:
    """The media type is that of what is inside."""
    text = described(f"{KEY}.nq.gz")
    start = "http://www.iana.org/assignments/media-types/application/"

    assert values(text, f"{DATASET}#nq", f"{DCAT}mediaType") == [f"{start}n-quads"]
    assert values(text, f"{DATASET}#nq", f"{DCAT}compressFormat") == [f"{start}gzip"]


def test_terms_are_told_as_licence_and_in_words() -> None:
    """All distributions of a dataset share one statement."""
    licence = "http://licence.example/"
    text = described(f"{KEY}.csv", Terms(licence, {"en": "Free."}))

    assert values(text, CSV, f"{DCT}license") == [licence]
    assert values(text, licence, f"{RDF}type") == [f"{DCT}LicenseDocument"]
    assert values(text, CSV, f"{DCT}rights") == [f"{DATASET}#rights"]
    assert values(text, f"{DATASET}#rights", f"{RDFS}label") == ["Free.@en"]


def test_terms_that_nobody_stated_are_no_licence() -> None:
    """Nothing is claimed of what others publish."""
    assert values(described(f"{KEY}.csv"), CSV, f"{DCT}license") == []


def test_what_is_made_on_demand_has_no_size() -> None:
    """It names the data service that makes it."""
    made = Statements()
    shared = distributed(Terms(None, {}))
    distributions.add_made(
        made, SLICED[0], f"{BASE}data", shared, service=f"{BASE}catalog#tables"
    )
    text, node = made.canonical(), f"{DATASET}#jsonstat"

    assert values(text, node, f"{DCAT}accessURL") == [f"{BASE}data"]
    assert values(text, node, f"{DCAT}accessService") == [f"{BASE}catalog#tables"]
    assert values(text, node, f"{DCAT}byteSize") == []
