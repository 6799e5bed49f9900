import json
from dataclasses import replace

from registry.lifecycle import Status
from registry.namespaces import ADMS, DCAT, DCATAP, DCT, RDFS
from registry.record import Content, Version
from registry.views.dcat.tables import WHOLE_DOCUMENT, table
from tests.dcat import file, shared, table_version, values
from tests.dcat import table as described
from tests.versions import BASE

KEY = "migr-imm8"
DATASET = f"{BASE}id/catalog/table.{KEY}"
EU = "http://publications.europa.eu/resource/authority"


def changed(version: Version, **members: object) -> Version:
    """Returns the version with other members in its document."""
    document = {**json.loads(version.content.document), **members}
    return replace(version, content=Content(json.dumps(document), ""))


def formats(text: str, dataset: str = DATASET) -> set[str]:
    found = values(text, dataset, f"{DCAT}distribution")
    return {iri.rpartition("#")[2] for iri in found}


def test_a_table_is_distributed_in_every_format() -> None:
    """Files of the dump, formats made on demand, and its structure."""
    text = described(KEY)

    assert formats(text) == {"csv", "parquet", "jsonstat", "sdmx-csv", "xlsx", "ttl"}
    assert values(text, f"{DATASET}#sdmx-csv", f"{DCAT}downloadURL") == [
        f"{BASE}tables/{KEY}/data.sdmx.csv"
    ]
    assert values(text, f"{DATASET}#ttl", f"{DCAT}downloadURL") == [
        f"{BASE}doc/table/{KEY}.ttl"
    ]


def test_a_table_that_no_dump_has_yet_has_what_is_made_on_demand() -> None:
    """It is in the catalogue from the moment it is published."""
    text = table(table_version(KEY), [], **shared())

    assert formats(text) == {"jsonstat", "sdmx-csv", "xlsx", "ttl"}


def test_a_big_table_is_not_offered_as_one_document() -> None:
    """The server would refuse to make it."""
    version = table_version(KEY)
    data = json.loads(version.content.document)["data"]
    big = changed(version, data={**data, "observations": WHOLE_DOCUMENT + 1})

    assert formats(table(big, [], **shared())) == {"sdmx-csv", "ttl"}


def test_a_table_says_who_made_the_figures() -> None:
    """The registry publishes them; somebody else created them."""
    text = described(KEY)

    assert values(text, DATASET, f"{DCT}creator") == [f"{BASE}catalog#eurostat"]
    assert values(text, DATASET, f"{DCT}publisher") == [
        f"{BASE}id/institution/rma-maritza"
    ]
    assert values(text, f"{DATASET}#provenance", f"{RDFS}label")[0] == (
        "Source of the figures: Eurostat. The record of the table says where each "
        "edition was taken from.@en"
    )


def test_a_table_of_nobody_known_names_nobody() -> None:
    """An agent without a name would break the profile."""
    version = changed(table_version(KEY), publisher=f"{BASE}id/institution/other")
    text = table(version, [], **shared())

    assert values(text, DATASET, f"{DCT}creator") == []
    assert values(text, DATASET, f"{DCT}provenance") == []
    assert values(text, DATASET, f"{DCAT}inSeries") == []


def test_frequency_time_themes_and_version_are_those_of_the_record() -> None:
    """Periods become days."""
    text = described("lfsq-ugan")
    dataset = f"{BASE}id/catalog/table.lfsq-ugan"
    wstatus = described("lfsa-pganws")

    assert values(text, dataset, f"{DCT}accrualPeriodicity") == [
        f"{EU}/frequency/QUARTERLY"
    ]
    (start,) = values(text, f"{dataset}#period", f"{DCAT}startDate")
    assert start.endswith(("-01-01", "-04-01", "-07-01", "-10-01"))
    assert values(text, dataset, f"{DCAT}version") == ["1"]
    assert values(text, dataset, f"{ADMS}versionNotes")[0].startswith("Version 1, with")
    assert values(wstatus, f"{BASE}id/catalog/table.lfsa-pganws", f"{DCAT}theme") == [
        f"{EU}/data-theme/ECON",
        f"{EU}/data-theme/SOCI",
    ]


def test_a_table_without_observations_covers_no_time() -> None:
    """It is in the catalogue all the same."""
    key = "foreign-residents-by-municipality"
    text = described(key)

    assert values(text, f"{BASE}id/catalog/table.{key}", f"{DCT}temporal") == []


def test_an_experimental_table_says_so() -> None:
    """Its availability is not promised."""
    version = table_version(KEY)
    head = replace(version.head, status=Status.EXPERIMENTAL)
    text = table(replace(version, head=head), [file(f"table.{KEY}.csv")], **shared())

    assert values(text, f"{DATASET}#csv", f"{DCATAP}availability") == [
        f"{EU}/planned-availability/EXPERIMENTAL"
    ]


def test_licences_are_told_in_terms_of_the_eu_where_it_has_them() -> None:
    """Otherwise by their own address, or not at all, with the terms in words."""
    known = described(KEY)
    own = described("undesa-stock-2020")
    unstated = described("sar-aida-asylum")

    def licence(text: str, key: str) -> list[str]:
        node = f"{BASE}id/catalog/table.{key}#csv"
        return list(values(text, node, f"{DCT}license"))

    assert licence(known, KEY) == [f"{EU}/licence/CC_BY_4_0"]
    assert licence(own, "undesa-stock-2020") == [
        "https://creativecommons.org/licenses/by/3.0/igo/"
    ]
    assert licence(unstated, "sar-aida-asylum") == []
    assert (
        values(
            unstated, f"{BASE}id/catalog/table.sar-aida-asylum#rights", f"{RDFS}label"
        )[0]
        == "The source does not state terms of re-use.@en"
    )


def test_a_frequency_that_the_eu_has_no_name_for_is_left_out() -> None:
    """The table is described all the same."""
    frequency = f"{BASE}id/scheme/frequency#LEAP"
    text = table(changed(table_version(KEY), frequency=frequency), [], **shared())

    assert values(text, DATASET, f"{DCT}accrualPeriodicity") == []
