"""All pages of the website, group by group."""

from fastapi import FastAPI

from api.pages.dataset_list import Lines
from api.pages.table_list import TableList
from api.reading import Tables
from api.routes.pages import (
    about,
    account,
    audit,
    catalogue,
    change_report,
    confirm,
    dataset,
    desk,
    downloads,
    drafts,
    editions,
    elsewhere,
    feeds,
    files,
    guide,
    home,
    jobs,
    login,
    mailed,
    missing,
    observation,
    people,
    preview,
    queries,
    refusals,
    registers,
    report,
    review,
    sheets,
    statistics,
    submission,
    suggest,
    table,
    table_uploads,
    vocabulary,
)
from api.routes.pages.website import Website
from api.site import Site
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes
from registry.views.following import Following


def add_to(app: FastAPI, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the website with the files that its pages load.

    Args:
        app: to which it is added.
        site: that it shows.
        cubes: the figures of tables.
        names: those of what tables name by codes.
    """
    files.add_to(app, site)
    website = Website(site.web)
    # Pages are tried in turn, and a table looks like a record of a kind.
    # What all tables have is read once for every page that tells of it.
    listed = TableList(Tables(site, cubes, names))
    statistics.add_to(website, site, listed)
    for group_of_tables in (table, editions):
        group_of_tables.add_to(website, site, cubes, names)
    # A desk looks like a register of records.
    for group_of_uploads in (table_uploads, sheets):
        group_of_uploads.add_to(website, site)
    registers.add_to(website, site, listed)
    observation.add_to(website, site, cubes, names)
    for group in (
        home,
        suggest,
        about,
        queries,
        jobs,
        vocabulary,
        refusals,
        guide,
        feeds,
        desk,
        drafts,
    ):
        group.add_to(website, site)
    for group_of_people in (login, elsewhere, mailed, account, people):
        group_of_people.add_to(website, site)
    for group_of_upkeep in (report, confirm, missing):
        group_of_upkeep.add_to(website, site)
    made = Lines(site.registry.iris, site.registry.definition)
    lines = Following(site.registry.catalogue, made.line)
    for group_of_data in (catalogue, dataset, downloads):
        group_of_data.add_to(website, site, lines)
    for group_of_desk in (review, change_report, submission, preview, audit):
        group_of_desk.add_to(website, site)
    website.mount(app)
