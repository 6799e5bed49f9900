"""Reads catalogues as CKAN's harvester of DCAT does, and prints what it understood.

Run by a Python that has ckanext-dcat and ckanext-harvest, and nothing of ours:
`harvest.py LANGUAGE URL...`. What a portal would then write to its database is
printed, for each URL, as JSON.
"""

import json
import sys
from typing import Any

from ckan.common import config
from ckanext.dcat.harvesters.rdf import DCATRDFHarvester
from ckanext.dcat.processors import RDFParser

PROFILE = "euro_dcat_ap_3"


def gather(address: str) -> dict[str, Any]:
    """Returns the datasets of a catalogue, from all its pages.

    These are the steps of `DCATRDFHarvester.gather_stage` between asking for a
    page and writing to the database.
    """
    harvester = DCATRDFHarvester()
    datasets = []
    pages: list[str] = []
    page, form = address, None
    while page:
        text, form = harvester._get_content_and_type(page, None, content_type=form)
        parser = RDFParser(profiles=[PROFILE])
        parser.parse(text, _format=form)
        for dataset in parser.datasets():
            datasets.append({"guid": harvester._get_guid(dataset), **dataset})
        pages.append(page)
        page = parser.next_page()
    return {"pages": pages, "datasets": datasets}


if __name__ == "__main__":
    language, *addresses = sys.argv[1:]
    config["ckan.locale_default"] = language
    json.dump([gather(address) for address in addresses], sys.stdout)
