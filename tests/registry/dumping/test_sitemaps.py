from pathlib import Path
from xml.etree import ElementTree

from registry.dumping.sitemaps import Sitemaps
from tests.dumping import Small
from tests.versions import BASE, IRIS, version

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def located(data: bytes) -> list[str]:
    """Returns the addresses that a file lists."""
    root = ElementTree.fromstring(data)  # noqa: S314 - of our own making
    return [str(loc.text) for loc in root.iter(f"{SITEMAP}loc")]


def test_each_published_record_has_its_pages(small: Small) -> None:
    """In both languages; what was withdrawn has none."""
    small.make()

    files = small.files()
    assert located(files["sitemap.xml"]) == [
        f"{BASE}sitemap-pages.xml",
        f"{BASE}sitemap-course-1.xml",
        f"{BASE}sitemap-institution-1.xml",
        f"{BASE}sitemap-table-1.xml",
    ]
    assert located(files["sitemap-institution-1.xml"]) == [
        f"{BASE}bg/institution/one",
        f"{BASE}en/institution/one",
    ]
    pages = located(files["sitemap-pages.xml"])
    assert {f"{BASE}bg/", f"{BASE}en/find", f"{BASE}bg/catalogue"} < set(pages)


def test_a_kind_with_many_records_has_several_files(tmp_path: Path) -> None:
    """None of them is longer than search engines read."""
    sitemaps = Sitemaps(tmp_path, IRIS, cap=40)
    one = version("institution/one", {"type": "Organization", "name": {"bg": "Едно"}})
    for _ in range(21):
        sitemaps.add(one)

    assert list(sitemaps.finish()) == []

    sizes = [
        len(located((tmp_path / f"sitemap-institution-{n}.xml").read_bytes()))
        for n in (1, 2)
    ]
    assert sizes == [40, 2]
    assert len(located((tmp_path / "sitemap.xml").read_bytes())) == 3
