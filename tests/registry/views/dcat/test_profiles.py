from registry import graphs
from registry.namespaces import ADMS, DCAT, DCT, OWL
from registry.views.dcat.profiles import DCAT_AP_2, PROFILES, newest, older
from tests.dcat import described, joined, table, the_catalogue, the_header, values
from tests.versions import BASE

KEY = "table.migr-imm8"
DATASET = f"{BASE}id/catalog/{KEY}"
CSV = f"{DATASET}#csv"


def test_the_profile_it_is_written_in_changes_nothing() -> None:
    """It is the one that is served unless another is asked for."""
    assert newest(the_header()) == the_header()
    assert [profile.key for profile in PROFILES] == ["dcat-ap-3.0.1", "dcat-ap-2.1.1"]


def test_versions_and_sizes_are_written_as_they_used_to_be() -> None:
    """Terms of DCAT 3 become those of DCAT 2."""
    text = older(table("migr-imm8"))

    assert values(text, DATASET, f"{OWL}versionInfo") == ["1"]
    assert values(text, DATASET, f"{DCAT}version") == []
    assert values(text, CSV, f"{ADMS}status") == [
        "http://purl.org/adms/status/Completed"
    ]
    assert values(text, f"{BASE}doc/catalog/{KEY}", f"{DCT}conformsTo") == [DCAT_AP_2]


def test_sizes_are_decimals() -> None:
    """As DCAT 2 wants them."""
    (line,) = [
        line
        for line in graphs.lines(older(table("migr-imm8")))
        if line.startswith(f"<{CSV}> <{DCAT}byteSize>")
    ]

    assert line.endswith('"12"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n')


def test_what_2_1_1_has_not_is_left_out() -> None:
    """Series with their records, and checksums by SHA-256."""
    text = older(the_catalogue())

    assert "series." not in text
    assert "checksum" not in text
    assert "series." not in older(described()["series.sar"])


def test_pieces_can_be_rewritten_one_by_one() -> None:
    """The pieces of the view are the view of the pieces."""
    pieces = [older(text) for text in (the_header(), *described().values())]

    assert joined(*pieces) == older(the_catalogue())


def test_the_view_is_canonical() -> None:
    """Its lines are sorted and distinct."""
    lines = graphs.lines(older(the_catalogue()))

    assert lines == sorted(set(lines))
