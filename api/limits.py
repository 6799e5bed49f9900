"""Every limit that a reader can meet, with what it means."""

from collections.abc import Sequence
from dataclasses import dataclass

from api import catalogue, protocol, slicing
from api.routes import lists, oai, scores
from api.site import Site
from registry import feeds
from registry.language import Text
from registry.ports import COUNT_CAP
from registry.settings import DeskSettings, EngineSettings, JobSettings
from registry.views.ckan.actions import ROWS_CAP


@dataclass(frozen=True, slots=True)
class Limit:
    """One published limit."""

    name: str
    value: float
    unit: str
    description: Text


def limits(site: Site) -> Sequence[Limit]:
    """Returns every limit that a reader can meet."""
    engine, tables = site.registry.settings.engine, site.registry.settings.tables
    return [
        *_lanes(engine),
        *_budgets(engine),
        *_jobs(site.registry.settings.jobs),
        *_desk(site.registry.settings.desk),
        Limit(
            "query.memory",
            engine.memory,
            "byte",
            {
                "bg": "Най-много памет, която една заявка може да заеме.",
                "en": "Most memory that a query may take.",
            },
        ),
        Limit(
            "query.rows",
            engine.rows,
            "row",
            {
                "bg": "Най-много редове или тройки в един отговор.",
                "en": "Most rows or triples in an answer.",
            },
        ),
        Limit(
            "query.result",
            engine.result_bytes,
            "byte",
            {
                "bg": "Най-голям размер на един отговор.",
                "en": "Largest size of an answer.",
            },
        ),
        Limit(
            "query.text",
            engine.query_bytes,
            "byte",
            {
                "bg": "Най-голям размер на текста на заявката.",
                "en": "Largest size of the text of a query.",
            },
        ),
        Limit(
            "query.depth",
            engine.query_depth,
            "bracket",
            {
                "bg": "Най-много скоби една в друга в една заявка.",
                "en": "Most brackets within one another in a query.",
            },
        ),
        Limit(
            "query.statements",
            engine.query_statements,
            "statement",
            {
                "bg": "Най-много твърдения в една заявка.",
                "en": "Most statements in a query.",
            },
        ),
        Limit(
            "query.groups",
            engine.query_groups,
            "group",
            {
                "bg": "Най-много двойки фигурни скоби в една заявка.",
                "en": "Most pairs of braces in a query.",
            },
        ),
        Limit(
            "query.operators",
            engine.query_operators,
            "operator",
            {
                "bg": "Най-много оператори в една заявка.",
                "en": "Most operators in a query.",
            },
        ),
        Limit(
            "query.steps",
            engine.query_steps,
            "step",
            {
                "bg": "Най-много стъпки в пътищата от свойства на една заявка.",
                "en": "Most steps of property paths in a query.",
            },
        ),
        Limit(
            "query.graphs",
            protocol.GRAPH_CAP,
            "graph",
            {
                "bg": "Най-много графи, които една заявка може да посочи.",
                "en": "Most graphs that a query may name.",
            },
        ),
        Limit(
            "records.page",
            lists.LIMIT_CAP,
            "record",
            {
                "bg": "Най-много записи на една страница от списък.",
                "en": "Most records on one page of a list.",
            },
        ),
        Limit(
            "records.count",
            COUNT_CAP,
            "record",
            {
                "bg": "До толкова записи се броят; повече не се преброяват докрай.",
                "en": "Records are counted up to this number and no further.",
            },
        ),
        Limit(
            "records.text",
            lists.TEXT_CAP,
            "character",
            {
                "bg": "Най-дълъг текст за търсене.",
                "en": "Longest text to search for.",
            },
        ),
        Limit(
            "feeds.page",
            feeds.PAGE,
            "position",
            {
                "bg": "Толкова поредни номера обхваща всяка страница от поток на "
                "промените.",
                "en": "So many consecutive numbers each page of a feed of changes has.",
            },
        ),
        Limit(
            "catalogue.page",
            catalogue.SIZE,
            "dataset",
            {
                "bg": "Набори от данни на една страница от каталога.",
                "en": "Datasets on one page of the catalogue.",
            },
        ),
        Limit(
            "catalogue.scores",
            scores.LIMIT,
            "dataset",
            {
                "bg": "Набори от данни на една страница с оценки.",
                "en": "Datasets on one page of scores.",
            },
        ),
        Limit(
            "tables.cells",
            tables.cells,
            "observation",
            {
                "bg": "Най-много наблюдения в една извадка от таблица.",
                "en": "Most observations in a slice of a table.",
            },
        ),
        Limit(
            "tables.document",
            tables.document_cells,
            "observation",
            {
                "bg": "Най-много наблюдения в една извадка като JSON-stat или XLSX.",
                "en": "Most observations in a slice as JSON-stat or XLSX.",
            },
        ),
        Limit(
            "tables.deadline",
            tables.deadline,
            "second",
            {
                "bg": "Най-дългото време за изчисляване на една извадка от таблица.",
                "en": "Longest time that a slice of a table may be worked on.",
            },
        ),
        Limit(
            "tables.page",
            slicing.PAGE_CAP,
            "observation",
            {
                "bg": "Най-много наблюдения на една страница от извадка.",
                "en": "Most observations on one page of a slice.",
            },
        ),
        Limit(
            "oai.page",
            oai.PAGE,
            "item",
            {
                "bg": "Най-много записи и набори от данни на една страница от списък "
                "по OAI-PMH.",
                "en": "Most records and datasets on one page of a list by OAI-PMH.",
            },
        ),
        Limit(
            "ckan.rows",
            ROWS_CAP,
            "dataset",
            {
                "bg": "Най-много набори от данни в един отговор на „package_search“.",
                "en": "Most datasets in one answer of `package_search`.",
            },
        ),
    ]


def _lanes(engine: EngineSettings) -> Sequence[Limit]:
    # One more is kept for the background.
    processes = engine.workers + engine.long_workers + 1
    return [
        Limit(
            "query.deadline",
            engine.deadline,
            "second",
            {
                "bg": "Най-дългото време от получаването на една заявка до отговора ѝ.",
                "en": "Longest time from the arrival of a query to its answer.",
            },
        ),
        Limit(
            "query.short",
            engine.short,
            "second",
            {
                "bg": "След толкова процесорно време заявката преминава от бързата в "
                "бавната лента, за да не задържа останалите.",
                "en": "After so much processor time a query is moved from the short "
                "lane to the long one, so that it keeps nobody waiting.",
            },
        ),
        Limit(
            "query.parallel",
            engine.workers,
            "query",
            {
                "bg": "Заявки, които се изпълняват едновременно в бързата лента.",
                "en": "Queries that run at one time in the short lane.",
            },
        ),
        Limit(
            "query.parallel-long",
            engine.long_workers,
            "query",
            {
                "bg": "Заявки, които се изпълняват едновременно в бавната лента.",
                "en": "Queries that run at one time in the long lane.",
            },
        ),
        Limit(
            "query.waiting",
            engine.waiting,
            "query",
            {
                "bg": "Заявки, които могат да чакат едновременно за място в лента.",
                "en": "Queries that may wait at one time for a place in a lane.",
            },
        ),
        Limit(
            "query.memory-total",
            engine.memory * processes,
            "byte",
            {
                "bg": "Най-много памет, която всички заявки заедно могат да заемат.",
                "en": "Most memory that all queries together may take.",
            },
        ),
    ]


def _budgets(engine: EngineSettings) -> Sequence[Limit]:
    found = [
        Limit(
            "query.client-seconds",
            engine.client_seconds,
            "second",
            {
                "bg": "Толкова време могат да работят заявките на един клиент за "
                "една минута.",
                "en": "So long the queries of a client may run within a minute.",
            },
        ),
        Limit(
            "query.client-errors",
            engine.client_errors,
            "query",
            {
                "bg": "Толкова заявки на един клиент могат да завършат с грешка за "
                "една минута.",
                "en": "So many queries of a client may fail within a minute.",
            },
        ),
        Limit(
            "query.client-parallel",
            engine.client_parallel,
            "query",
            {
                "bg": "Толкова заявки на един клиент могат да се изпълняват или да "
                "чакат едновременно.",
                "en": "So many queries of a client may run or wait at one time.",
            },
        ),
    ]
    return [limit for limit in found if limit.value]


def _jobs(jobs: JobSettings) -> Sequence[Limit]:
    return [
        Limit(
            "jobs.deadline",
            jobs.deadline,
            "second",
            {
                "bg": "Най-дългото време за изпълнение на заявка във фонов режим.",
                "en": "Longest time that a query in the background may run.",
            },
        ),
        Limit(
            "jobs.waiting",
            jobs.waiting,
            "query",
            {
                "bg": "Заявки, които могат да чакат във фонов режим.",
                "en": "Queries that may wait in the background.",
            },
        ),
        Limit(
            "jobs.client",
            jobs.client,
            "query",
            {
                "bg": "Заявки на един клиент, които могат да бъдат във фонов режим.",
                "en": "Queries of a client that may be in the background.",
            },
        ),
        Limit(
            "jobs.kept",
            jobs.hours,
            "hour",
            {
                "bg": "Толкова се пази отговорът на заявка във фонов режим.",
                "en": "So long the answer of a query in the background is kept.",
            },
        ),
    ]


def _desk(desk: DeskSettings) -> Sequence[Limit]:
    found = [
        Limit(
            "desk.person",
            desk.person,
            "submission",
            {
                "bg": "Толкова документи, файлове и коментари може да изпрати един "
                "човек за една минута.",
                "en": "So many documents, files and comments a person may send within "
                "a minute.",
            },
        ),
        Limit(
            "desk.organisation",
            desk.organisation,
            "submission",
            {
                "bg": "Толкова документи, файлове и коментари могат да изпратят за "
                "една минута всички хора на една организация.",
                "en": "So many documents, files and comments all people of an "
                "organisation may send within a minute.",
            },
        ),
    ]
    return [limit for limit in found if limit.value]
