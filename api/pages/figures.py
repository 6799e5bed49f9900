"""Single figures: the latest of a selection, with where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from api.pages.cells import meaning, number
from api.pages.code_names import CodeNames
from api.pages.table_list import TableList, TableSummary
from api.pages.topics import TOPICS
from api.pages.translations import Language, msgid
from api.reading import Table, Tables
from registry.iris import RecordId
from registry.language import Chosen
from registry.statistics.description import KIND
from registry.statistics.selection import Slice, Sort
from registry.statistics.structure import FLAG, VALUE, Dimension, Role
from registry.statistics.totals import whole_of


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        table: key of its table.
        key: of its observation.
        title: of its table.
        about: names of the codes that tell it apart from others of its table.
        value: in the digits of the language.
        unit: of the value.
        period: in words.
        flag: what its flag means, if it has one.
        publisher: of its table.
    """

    table: str
    key: str
    title: Chosen
    about: str
    value: str
    unit: Chosen
    period: str
    flag: Chosen | None
    publisher: Chosen


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure for the first line of a page.

    Attributes:
        table: key of the table.
        codes: of all its dimensions but the period.
        sentence: what the figure counts.
    """

    table: str
    codes: Mapping[str, str]
    sentence: str


HEADLINES = (
    Headline(
        "migr-imm8",
        {"freq": "A", "agedef": "COMPLET", "age": "TOTAL", "sex": "T", "geo": "BG"},
        msgid("people settled in Bulgaria"),
    ),
    Headline(
        "migr-asytpsm",
        {"freq": "M", "citizen": "UA", "sex": "T", "age": "TOTAL", "geo": "BG"},
        msgid("people from Ukraine under temporary protection in Bulgaria"),
    ),
    Headline(
        "asylum-applicants-bulgaria",
        {
            "freq": "A",
            "citizen": "TOTAL",
            "sex": "T",
            "age": "TOTAL",
            "asyl_app": "ASY_APP",
            "geo": "BG",
        },
        msgid("people applied for asylum in Bulgaria"),
    ),
    Headline(
        "migr-pop1ctz-age",
        {"freq": "A", "citizen": "FOR_STLS", "age": "TOTAL", "sex": "T", "geo": "BG"},
        msgid("foreign citizens and stateless people lived in Bulgaria"),
    ),
)
"""What the page of statistics begins with, as far as the tables are there."""


def headlines(tables: Tables, language: Language) -> Sequence[tuple[str, Figure]]:
    """Returns the sentences of `HEADLINES` with the latest figure of each."""
    found = []
    for headline in HEADLINES:
        version = tables.site.registry.journal.current(RecordId(KIND, headline.table))
        if version is None or not version.head.status.public:
            continue
        figure = latest(tables, tables.read(version), headline.codes, language)
        if figure is not None:
            found.append((language.say(headline.sentence), figure))
    return found


def of_area(
    tables: TableList, code: str, language: Language, most: int = 6
) -> Sequence[Figure]:
    """Returns the latest figures of an area, from tables on different topics first.

    Of a table it is the figure of its first view or, where that has several, the one
    for the whole of what they are parts of; a table without either gives none.

    Args:
        tables: of the registry.
        code: of the area, as tables have it, such as `BG`.
        language: of the page.
        most: figures, at most.
    """
    listed = tables.of_area(code)
    if not listed:
        return []
    return tables.once(
        ("figures", code, language.tag, most),
        lambda: _of_area(tables.tables, listed, code, language)[:most],
    )


def _of_area(
    tables: Tables, listed: Sequence[TableSummary], code: str, language: Language
) -> Sequence[Figure]:
    journal, found = tables.site.registry.journal, list[Figure]()
    for summary in _mixed(listed):
        version = journal.current(RecordId(KIND, summary.key))
        table = tables.read(version) if version else None
        codes = _whole(table, code) if table else None
        figure = latest(tables, table, codes, language) if table and codes else None
        if figure is not None:
            found.append(figure)
    return found


def latest(
    tables: Tables, table: Table, codes: Mapping[str, str], language: Language
) -> Figure | None:
    """Returns the figure of the latest period that has a value, if there is one.

    Args:
        tables: of the registry.
        table: the table.
        codes: of all its dimensions but the period; one that it does not have, or
            does not know, leaves nothing.
        language: of the page.
    """
    structure = table.structure
    (time,) = (d.id for d in structure.dimensions if d.role is Role.TIME)
    named = {d.id for d in structure.dimensions} - {time}
    if codes.keys() != named:
        return None
    wanted = Slice(
        filters={name: (code,) for name, code in codes.items()},
        sort=(Sort(time, descending=True),),
    )
    found = tables.cubes.rows(table.parquet, structure, wanted).rows
    rows = (dict(zip(structure.columns, row, strict=True)) for row in found)
    row = next((row for row in rows if row[VALUE] is not None), None)
    return (
        _figure(table, row, CodeNames(structure, table.caption, language))
        if row
        else None
    )


def _figure(table: Table, row: Mapping[str, str | None], names: CodeNames) -> Figure:
    structure, caption, language = table.structure, table.caption, names.language
    said = {d.id: str(row[d.id]) for d in structure.dimensions}
    telling = {
        d.id: said[d.id]
        for d in structure.dimensions
        if d.role is Role.CODED and len(table.known[d.id].occurring) > 1
    }
    (time,) = (d.id for d in structure.dimensions if d.role is Role.TIME)
    return Figure(
        table=table.key,
        key=structure.observation_key(list(said.values())),
        title=names.said(caption.title, table.key),
        about=names.joined(telling),
        value=number(str(row[VALUE]), language),
        unit=names.said(caption.unit[1], caption.unit[0]),
        period=names.period(said[time]),
        flag=meaning(row.get(FLAG) or "", caption.flags, language.tag),
        publisher=names.said(caption.publisher, ""),
    )


def _whole(table: Table, area: str) -> Mapping[str, str] | None:
    """Returns the codes that the figure of an area has; `None` if there is no one."""
    found = {}
    for dimension in table.structure.dimensions:
        if dimension.role is Role.TIME:
            continue
        code = area if dimension.role is Role.AREA else _single(table, dimension)
        if code is None:
            return None
        found[dimension.id] = code
    return found


def _single(table: Table, dimension: Dimension) -> str | None:
    shown = table.structure.default.get(dimension.id, ())
    if len(shown) == 1:
        return shown[0]
    return whole_of(dimension, table.structure, table.known[dimension.id])


def _mixed(tables: Sequence[TableSummary]) -> Iterator[TableSummary]:
    """Yields a table of each topic, then another one of each, until none is left."""
    by_topic = ([one for one in tables if one.topic == topic] for topic in TOPICS)
    for turn in zip_longest(*by_topic):
        yield from (one for one in turn if one is not None)
