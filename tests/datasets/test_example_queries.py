"""The example queries, asked of a server of all the datasets by SPARQLWrapper."""

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.languages import get_official_languages
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from tests import tables
from tests.serving import Operator

FOLDER = Path(__file__).parents[2] / "datasets"
QUERIES = sorted((FOLDER / "queries").glob("*.rq"))
HEADINGS = ("title-bg", "title-en", "description-bg", "description-en", "topic")

WAITING = "municipalities-residents-and-centres"
"""The one example that has nothing to find yet."""

Ask = Callable[[str], Sequence[tuple[str | None, ...]]]
Select = Callable[[str], Sequence[tuple[str | None, ...]]]


@pytest.fixture(scope="module")
def select(served: Operator) -> Select:
    """Returns a function that asks a question and gives its rows as texts."""
    endpoint = SPARQLWrapper(f"{served.base}sparql")
    endpoint.setReturnFormat(JSON)
    endpoint.setMethod(POST)

    def rows(query: str) -> Sequence[tuple[str | None, ...]]:
        endpoint.setQuery(query)
        found: Any = endpoint.queryAndConvert()
        names = found["head"]["vars"]
        return [
            tuple(_short(binding.get(name), served.base) for name in names)
            for binding in found["results"]["bindings"]
        ]

    return rows


@pytest.fixture(scope="module")
def ask(select: Select) -> Ask:
    """Returns a function that asks an example by its name."""
    return lambda name: select(
        (FOLDER / "queries" / f"{name}.rq").read_text(encoding="utf-8")
    )


def _short(value: Any, base: str) -> str | None:
    return None if value is None else str(value["value"]).removeprefix(f"{base}id/")


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_every_example_answers_and_is_titled(path: Path, ask: Ask) -> None:
    """An example has both titles and descriptions, and finds something."""
    comments = dict(
        re.findall(r"^# ([a-z-]+): (\S.*)$", path.read_text(encoding="utf-8"), re.M)
    )

    assert tuple(comments) == HEADINGS
    assert bool(ask(path.stem)) == (path.stem != WAITING)


def test_there_are_enough_examples() -> None:
    """Twenty-three questions are asked."""
    assert len(QUERIES) == 23


def test_who_teaches_bulgarian_in_haskovo_province(ask: Ask) -> None:
    """Two programmes serve towns of the province; no centre sits in it."""
    assert ask("bulgarian-in-haskovo") == [
        (
            "training-centre/caritas-language-project",
            "Проект „Български език за хора от целия свят“ – Каритас",
            'Caritas project "Bulgarian Language for People from All over the World"',
            "active",
        ),
        (
            "training-centre/sar-language-programme",
            "Национална програма за езиково обучение – ДАБ",
            "National Language Training Programme – State Agency for Refugees",
            "active",
        ),
    ]


def test_records_are_classified_by_how_fresh_they_are_today(
    ask: Ask, select: Select
) -> None:
    """What was loaded today is fresh, and each record that ages is counted once."""
    found = ask("due-to-be-checked")
    [(ageing,)] = select(
        "SELECT (COUNT(*) AS ?n) WHERE {"
        " ?item <https://w3id.org/migrant-integration/def#staleFrom> ?day }"
    )

    assert {freshness for _, freshness, _, _ in found} == {"fresh"}
    assert sum(int(count or 0) for _, _, count, _ in found) == int(ageing or 0)
    assert "institution" in {register for register, _, _, _ in found}


def test_services_are_counted_by_province(ask: Ask) -> None:
    """A seat in a town counts for the province around it."""
    found = ask("services-by-province")

    assert len(found) == 138
    assert ("place/bg311", "Видин", "humanitarian-aid", "1") in found
    assert ("place/bg341", "Бургас", "language-course", "3") in found


def test_only_legal_aid_that_is_open_is_found(ask: Ask) -> None:
    """The reception that closed in 2026 is not offered."""
    found = ask("legal-aid")

    assert [row[0] for row in found] == [
        f"institution/{key}"
        for key in (
            *("bhc", "blhr", "bureau-foreign-citizens-sofia", "cla-voice", "far"),
            *("iom-bulgaria", "nlab", "unhcr-bulgaria"),
        )
    ]
    assert found[1][2:] == ("+359 2 9803967", "hrlawyer@blhr.org", None)


def test_who_speaks_arabic(ask: Ask) -> None:
    """Three organisations do, each with other languages beside it."""
    assert [(row[0], row[2]) for row in ask("speaks-arabic")] == [
        ("institution/bureau-foreign-citizens-sofia", "ar bg en fa fr"),
        ("institution/crwb", "ar bg en fa fr ku tr"),
        ("institution/far", "ar en fa fr ps ru uk"),
    ]


def test_free_courses_show_that_they_are_history(ask: Ask) -> None:
    """The two free courses are those of a project that is over."""
    assert ask("free-courses") == [
        (
            "course/iom-courses-burgas-1",
            "Български език A1 (и онлайн)",
            "training-centre/iom-courses-burgas",
            "historic",
        ),
        (
            "course/iom-courses-sofia-1",
            "Български език A1 и A2 (100 часа)",
            "training-centre/iom-courses-sofia",
            "historic",
        ),
    ]


def test_courses_are_counted_by_level(ask: Ask) -> None:
    """Levels of a centre count for all its courses."""
    assert ask("courses-by-level") == [
        ("A1", "11", "6"),
        ("A2", "11", "6"),
        ("B1", "9", "4"),
        ("B2", "12", "6"),
        ("C1", "4", "1"),
        ("C2", "4", "1"),
        ("advanced", "1", "1"),
        ("beginner", "1", "1"),
        ("intermediate", "1", "1"),
    ]


def test_publications_are_counted_by_language_and_year(ask: Ask) -> None:
    """Most of the dated ones are of 2014, in Bulgarian."""
    found = ask("publications-by-year")

    assert len(found) == 24
    assert max(found, key=lambda row: int(row[2] or 0)) == ("2014", "bg", "8")


def test_names_seen_in_one_language_only(ask: Ask) -> None:
    """The Bulgarian name of the office in Harmanli is a translation."""
    found = ask("names-to-check")

    assert len(found) == 137
    assert ("institution/bhc-office-harmanli", "en") in found
    assert not any(str(row[0]).startswith("place/") for row in found)


def test_doubts_come_with_their_source(ask: Ask) -> None:
    """A review note stands beside the page it concerns and the date of that."""
    found = ask("review-notes")

    assert len(found) == 47 + 29
    assert (
        "institution/bhc-refugee-legal-programme",
        "Also 02 9800057 and 02 9802049. Closed: keep as history, do not offer to "
        "users.",
        "https://bghelsinki.org/en/programs/legal-aid-for-refugees-and-migrants",
        "2026-01",
    ) in found


def test_settlements_are_counted_by_municipality(ask: Ask) -> None:
    """The 11 municipalities of the province share its 261 settlements."""
    found = ask("haskovo-municipalities")

    assert len(found) == 11
    assert sum(int(row[3] or 0) for row in found) == 261
    assert found[-1] == ("HKV34", "Хасково", "Haskovo", "37")


def test_institutions_are_counted_by_parent(ask: Ask) -> None:
    """Parents with a record and parents with a name only are counted alike."""
    found = ask("institutions-by-parent")

    assert found[:2] == [("Bulgarian Red Cross", "10"), ("Caritas Bulgaria", "6")]
    assert ("Council of Ministers", "2") in found


def test_institutions_without_contact_are_listed(ask: Ask) -> None:
    """Even the Employment Agency has no contact in the sources."""
    found = ask("no-contact")

    assert len(found) == 41
    assert ("institution/employment-agency", "National Employment Agency") in found


def test_provinces_without_institutions_are_listed(ask: Ask) -> None:
    """The office for Sofia province sits in the capital, so the province is there."""
    assert [row[0] for row in ask("provinces-without-institutions")] == [
        *("BG312", "BG313", "BG314", "BG315", "BG325", "BG334"),
        *("BG412", "BG414", "BG415", "BG423", "BG424"),
    ]


def test_licence_numbers_come_with_their_date(ask: Ask) -> None:
    """Two centres have both."""
    assert [(row[0], *row[2:]) for row in ask("licensed-centres")] == [
        ("training-centre/bgcpo-smolyan", "200912804", "2009-12-10"),
        ("training-centre/fnts-cvt", "200312074", "2003-10-15"),
    ]


def test_four_tables_agree_on_the_immigrants_of_2022(ask: Ask) -> None:
    """40,619 people settled in the country, whoever is asked."""
    assert [(row[0], row[2]) for row in ask("immigrants-of-2022")] == [
        ("table/migr-imm1ctz", "40619"),
        ("table/migr-imm8", "40619"),
        ("table/nsi-external-migration-age-citizenship", "40619"),
        ("table/tps00176", "40619"),
    ]


def test_centres_are_set_against_foreign_residents(ask: Ask) -> None:
    """The 42 centres that work are fewer for each thousand from year to year."""
    found = ask("centres-per-thousand-residents")

    assert len(found) == 10
    assert found[0] == ("2015", "63879", "42", "0.66")
    assert found[-1] == ("2024", "119111", "42", "0.35")


def test_residents_meet_those_who_speak_their_language(ask: Ask) -> None:
    """Three organisations speak Arabic, which Syrians understand."""
    found = ask("residents-and-their-languages")

    assert found[0][:4] == ("scheme/citizenship#RU", "Русия", "24231", "1")
    [syria] = [row for row in found if row[1] == "Сирия"]
    assert syria[2:4] == ("11805", "3")
    assert "Съвет на жените бежанки в България" in str(syria[4]).split(" | ")


def test_languages_of_countries_are_those_of_cldr() -> None:
    """What the registry does not know, the example takes from one source."""
    query = (FOLDER / "queries" / "residents-and-their-languages.rq").read_text()
    pairs = re.findall(r'"([A-Z]{2}) ([a-z]{2})"', query)

    assert len(pairs) == 11
    for country, language in pairs:
        official = get_official_languages(country, regional=False, de_facto=True)
        assert language in official, country


def test_applicants_stand_beside_those_who_help_them(ask: Ask) -> None:
    """The applicants of 2015 are those of the latest edition."""
    found = ask("asylum-applicants-and-help")

    assert ("2015", "20390", "26") in found
    assert len(found) == 17


def test_tables_about_a_citizenship_have_both_titles(ask: Ask) -> None:
    """Syrians are counted in a dozen tables, residents among them."""
    found = ask("tables-about-syrians")

    assert len(found) == 12
    assert (
        "table/migr-pop1ctz",
        "Население към 1 януари по възрастова група, пол и гражданство",
        "Population on 1 January by age group, sex and citizenship",
        "6",
        "2024",
    ) in found


def test_figures_and_services_share_their_places(ask: Ask) -> None:
    """The place of the figures is the one around the addresses."""
    found = ask("figures-and-services-by-place")

    assert found[0][:2] == ("place/bg", "България")
    assert int(found[0][3] or 0) > 100
    assert [row[0] for row in found[1:]] == ["place/el", "place/ro", "place/eu27-2020"]


def test_indicator_follows_from_the_cells_that_it_cites(ask: Ask) -> None:
    """Each value is worked out again from the two observations it names."""
    found = ask("applicants-per-thousand-residents")

    assert len(found) == 10
    assert found[0] == (
        *("2015", "319.2", "20390", "63879"),
        "table/migr-asyappctza-totals/A.TOTAL.T.TOTAL.ASY_APP.BG.2015",
        "table/migr-pop1ctz/A.FOR_STLS.TOTAL.T.BG.2015",
    )
    for year, ratio, applicants, residents, *cells in found:
        exact = 1000 * Decimal(str(applicants)) / Decimal(str(residents))
        assert Decimal(str(ratio)) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert [str(applicants), str(residents)] == [_figure(str(c)) for c in cells]
        assert all(str(cell).endswith(f".{year}") for cell in cells)


def test_every_derived_value_cites_a_cell_of_each_of_its_tables(select: Select) -> None:
    """No derived observation is without its cells, whatever its table."""
    found = select(
        """
        PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX qb: <http://purl.org/linked-data/cube#>
        SELECT ?value (COUNT(DISTINCT ?cell) AS ?cells) WHERE {
          ?table a qb:DataSet ; prov:wasDerivedFrom ?operand .
          ?value qb:dataSet ?table .
          OPTIONAL {
            ?value prov:wasDerivedFrom ?cell .
            ?cell a qb:Observation ; qb:dataSet ?operand .
          }
        }
        GROUP BY ?value
        ORDER BY ?value
        """
    )

    start = f"table/{tables.DERIVED}/A.BG."
    assert found == [(f"{start}{year}", "2") for year in range(2015, 2025)]


def _figure(cell: str) -> str:
    """Returns the figure of an observation, from the file of its table."""
    key, _, codes = cell.removeprefix("table/").partition("/")
    width = len(tables.structure(key).dimensions)
    [row] = [r for r in tables.rows(key) if ".".join(map(str, r[:width])) == codes]
    return str(row[width])
