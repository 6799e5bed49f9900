"""What is missing from records: found as they change, and gone as soon as it is there.

Most of it follows from the rules that a record *should* keep, which are the shapes'.
That nobody has checked a record for too long follows from today, and that a link is
dead from what the operator has seen: neither is worked out here, only counted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from registry import freshness, graphs, projection
from registry.errors import MalformedDocument
from registry.iris import Iris, RecordId
from registry.language import Text
from registry.namespaces import DCAT, FOAF, LOCN
from registry.ports import Gap, GapIndex, Gaps, Journal, Links, Want
from registry.record import Version
from registry.report import Report

STALE = "stale"
DEAD_LINK = "dead-link"
ADDRESS = "address-missing"

MESSAGES: Mapping[str, Text] = MappingProxyType(
    {
        STALE: {
            "bg": "Проверете дали всичко още е вярно и го потвърдете.",
            "en": "Check whether everything is still right, and confirm it.",
        },
        DEAD_LINK: {
            "bg": "Поправете или махнете връзката: страницата не се отваря.",
            "en": "Mend the link or take it away: the page does not open.",
        },
        ADDRESS: {"bg": "Добавете адреса.", "en": "Add the address."},
    }
)
"""What to do about gaps that no rule of the shapes tells of."""

_WANTS: Mapping[str, Want] = MappingProxyType(
    {
        "location-missing": Want.PLACE,
        ADDRESS: Want.PLACE,
        "contact-missing": Want.CONTACT,
        STALE: Want.CHECK,
        DEAD_LINK: Want.LINK,
    }
)
_ENDINGS = (("-bg-missing", Want.BULGARIAN), ("-en-missing", Want.ENGLISH))
_SEATED = frozenset({"institution", "training-centre"})
_LINKS = tuple(
    f"<{predicate}> <http"
    for predicate in (f"{FOAF}homepage", f"{FOAF}page", f"{DCAT}accessURL")
)

Check = Callable[[str, str, Sequence[str]], Report]
"""Checks things of a kind: the kind, their triples, and their IRIs."""


def want_of(code: str) -> Want:
    """Returns what somebody could add to close gaps of a code."""
    ending = next((want for end, want in _ENDINGS if code.endswith(end)), Want.RULE)
    return _WANTS.get(code, ending)


def catch_up(
    journal: Journal, links: Links, index: GapIndex, *, check: Check, iris: Iris
) -> int:
    """Brings what is missing up to the journal, and to what is known of links.

    Returns:
        How many records were looked at.
    """
    count = 0
    for versions, sequence in projection.steps(journal, index.sequence):
        index.replace(list(_found(versions, check, iris)), sequence)
        count += len(versions)
    state = links.state()
    if index.links() != state:
        index.replace_dead(links.dead(), state)
    return count


def addresses(version: Version, iris: Iris) -> Sequence[str]:
    """Returns the pages elsewhere that a record links to or rests on, each once."""
    linked = [
        line.rpartition(" <")[2].removesuffix("> .\n")
        for line in graphs.lines(version.content.triples)
        if any(link in line for link in _LINKS)
    ]
    sources = [source.iri for source in version.head.provenance.sources]
    return [
        address
        for address in dict.fromkeys([*linked, *sources])
        if address.startswith(("http://", "https://"))
        and not address.startswith(iris.base)
    ]


def _found(
    versions: Sequence[Version], check: Check, iris: Iris
) -> Iterator[tuple[RecordId, Gaps]]:
    """Yields what is missing from each record; nothing of those that do not age."""
    looked = [version for version in versions if freshness.ages(version)]
    codes = dict(_codes(looked, check, iris))
    for version in versions:
        record = version.head.record
        if record not in codes:
            yield record, Gaps()
            continue
        since = version.head.modified.date()
        yield (
            record,
            Gaps(
                tuple(Gap(c, want_of(c), since) for c in codes[record]),
                tuple(addresses(version, iris)),
            ),
        )


def _codes(
    versions: Sequence[Version], check: Check, iris: Iris
) -> Iterator[tuple[RecordId, Sequence[str]]]:
    kinds: defaultdict[str, list[Version]] = defaultdict(list)
    for version in versions:
        kinds[version.head.record.kind].append(version)
    for kind, own in kinds.items():
        report = _report(kind, own, check, iris)
        for version in own:
            record = version.head.record
            broken = report.of(iris.thing(record)).results
            rules = {result.code for result in broken if result.severity == "should"}
            if kind in _SEATED and f" <{LOCN}address> " not in version.content.triples:
                rules.add(ADDRESS)
            yield record, sorted(rules)


def _report(kind: str, versions: Sequence[Version], check: Check, iris: Iris) -> Report:
    """Checks records together or, if that had to be stopped, one by one."""
    triples = "".join(version.content.triples for version in versions)
    try:
        return check(kind, triples, [iris.thing(v.head.record) for v in versions])
    except MalformedDocument:
        if len(versions) == 1:
            return Report()
    reports = (_report(kind, [version], check, iris) for version in versions)
    return Report(tuple(result for report in reports for result in report.results))
