"""The pages over the registers of records, all with one map of provinces."""

from api.pages.bundle import BUILT
from api.pages.maps import ProvinceMap
from api.pages.table_list import TableList
from api.reading import Tables
from api.routes.pages import find, place, publications, record
from api.routes.pages.website import Website
from api.site import Site
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes


def add_to(website: Website, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the pages of lists, records and places."""
    shapes = BUILT / site.web.bundle.names["provinces.json"]
    map_ = ProvinceMap(site.places, shapes)
    find.add_to(website, site, map_)
    place.add_to(website, site, map_, TableList(Tables(site, cubes, names)))
    record.add_to(website, site)
    publications.add_to(website, site)
