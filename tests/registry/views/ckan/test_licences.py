from registry.views.ckan.licences import UNKNOWN, Licence, licence

EU = "http://publications.europa.eu/resource/authority/licence/"


def test_licences() -> None:
    """Those that CKAN knows have its names; others keep the EU's code."""
    attribution = Licence("cc-by", "Creative Commons Attribution", True)

    assert licence(f"{EU}CC_BY_4_0") == attribution
    assert licence(f"{EU}CC0").id == "cc-zero"
    assert licence(f"{EU}OP_DATPRO") == Licence("OP_DATPRO", "OP_DATPRO", False)
    assert licence(None) == UNKNOWN
