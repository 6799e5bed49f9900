"""The profiles that a description keeps to, each by one IRI that is never varied."""

DCAT_AP_3 = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
"""DCAT-AP 3.0.1, which the catalogue is written in."""

DCAT_AP_2 = "https://semiceu.github.io/DCAT-AP/releases/2.1.1/"
"""DCAT-AP 2.1.1, which older portals read."""
