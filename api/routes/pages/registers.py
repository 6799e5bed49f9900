"""The pages over the registers of records, all with one map of provinces."""

from api.pages.bundle import BUILT
from api.pages.maps import ProvinceMap
from api.pages.table_list import TableList
from api.routes.pages import find, place, publications, record
from api.routes.pages.website import Website
from api.site import Site


def add_to(website: Website, site: Site, tables: TableList) -> None:
    """Adds the pages of lists, records and places."""
    shapes = BUILT / site.web.bundle.names["provinces.json"]
    map_ = ProvinceMap(site.places, shapes)
    find.add_to(website, site, map_)
    place.add_to(website, site, map_, tables)
    record.add_to(website, site)
    publications.add_to(website, site)
