"""All pages of the website, group by group."""

from fastapi import FastAPI

from api.routes.pages import (
    about,
    catalogue,
    downloads,
    editions,
    feeds,
    files,
    guide,
    home,
    observation,
    queries,
    refusals,
    registers,
    statistics,
    suggest,
    table,
    vocabulary,
)
from api.routes.pages.website import Website
from api.site import Site
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes


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
    for group_of_figures in (statistics, table, editions, registers, observation):
        group_of_figures.add_to(website, site, cubes, names)
    for group in (home, suggest, about, queries, vocabulary, refusals, guide):
        group.add_to(website, site)
    for group_of_data in (catalogue, downloads, feeds):
        group_of_data.add_to(website, site)
    website.mount(app)
