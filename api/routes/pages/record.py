"""`/{language}/{kind}/{key}`: a record as a page, and what became of it over time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.pages.cards import Card, Cards
from api.pages.differences import Difference, differences
from api.pages.facts import Fact, Labels, facts_of, name_of
from api.pages.reading import Reader, readable
from api.pages.structured import structured
from api.pages.translations import msgid
from api.routes.pages.website import Website
from api.routes.records import FIXED, HTML, PUBLIC, Asked, asked
from api.site import Site
from registry import freshness, retrieval
from registry.errors import Gone
from registry.iris import RecordId, record_id
from registry.kinds import KINDS
from registry.language import Chosen, choose
from registry.lifecycle import Event, Status
from registry.policy import Verb, allowed
from registry.ports import ListQuery
from registry.record import Entry, Version

RELATED = (
    "course",
    "training-centre",
    "service",
    "institution",
    "publication",
    "table",
)
"""Kinds that name a record as theirs, in the order in which a page shows them."""

MOST = 100
"""Related records of one kind on a page."""

ENTRIES = 25
"""Entries of a history on one page."""

_WITH_PAGES_OF_THEIR_OWN = frozenset({"table", "place"})
_SECTIONS = {
    "publication": ("publications", msgid("Publications")),
    "practice": ("practices", msgid("Good practices")),
    "table": ("statistics", msgid("Statistics")),
    "dataset": ("catalogue", msgid("Data")),
    "scheme": ("catalogue", msgid("Data")),
}
"""The page that stands above the records of a kind, if it is not the find page."""

_SHOWN_APART = frozenset({"concepts", "description", "state"})

Trail = Sequence[tuple[str | Chosen, str]]
"""Labels and addresses of the pages above a page."""


@dataclass(frozen=True, slots=True)
class Related:
    """Records of one kind that name the record of the page as theirs."""

    kind: str
    cards: Sequence[Card]
    total: int


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a history, with what it changed.

    Attributes:
        differences: between the version that it made and the one before.
    """

    entry: Entry
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Records:
    """The record pages of one registry."""

    site: Site

    def page(self, request: Request, language: str, *, kind: str) -> Response:
        """Returns the page of a record, or what is left of one that was retired."""
        record = record_id(kind, request.path_params["key"])
        state = asked(request)
        journal = self.site.registry.journal
        try:
            version = retrieval.find(
                journal, record, version=state.version, at=state.at
            )
        except Gone as gone:
            return self.tombstone(request, language, record, gone)
        values = {
            **self.values(version, state, language),
            "csrf": self._confirmable(request, version, state),
        }
        return self.site.web.respond(request, "record", language, **values)

    def _confirmable(
        self, request: Request, version: Version, state: Asked
    ) -> str | None:
        """Returns what a form needs that confirms the record, if the reader may."""
        guard, head = self.site.guard, version.head
        person = None if state.past else guard.person(request)
        if person is None or not head.status.public:
            return None
        subject = self.site.registry.confirming.subject(head.record)
        may = allowed(person, Verb.VERIFY, subject)
        return guard.csrf(request) if may else None

    def values(
        self, version: Version, state: Asked, language: str
    ) -> Mapping[str, Any]:
        """Returns what the template `record` shows of a version."""
        registry = self.site.registry
        head, iris = version.head, registry.iris
        record = head.record
        document = json.loads(version.content.document)
        labels = self.site.labels(language)
        now = registry.journal.head(record)
        replaced = head.successor or (now.successor if now else None)
        addresses = self.site.web.addresses(language)
        types = document.get("type", [])
        names = name_of(document)
        title = choose(names, language)
        ages = None if state.past else freshness.ages(version)
        return {
            "csrf": None,
            "head": head,
            "names": names,
            "other_names": [
                Chosen(text, tag)
                for tag, text in names.items()
                if title and tag != title.language
            ],
            "trail": self._trail(record.kind, language),
            "types": [types] if isinstance(types, str) else types,
            "facts": self._facts(document, labels),
            "concepts": document.get("concepts", []),
            "ages": ages,
            "fresh": ages.on(self.site.today) if ages else None,
            "fields": freshness.fields(version) if ages else {},
            "card": Cards(labels, self.site.places).card(version),
            "related": () if state.past else list(self._related(record, labels)),
            "reader": Reader(addresses),
            "iri": iris.thing(record),
            "formats": [
                (offer, f"{iris.document(record)}.{offer.extension}{state.suffix}")
                for offer in FIXED.values()
                if offer is not HTML
            ],
            "past": state.past,
            "outdated": bool(now and now.version > head.version),
            "withdrawn": bool(now and now.status is Status.RETIRED),
            "editable": record.kind in registry.drafting.forms
            and not (state.past or replaced)
            and bool(now and now.status.public),
            "successor": replaced,
            "successor_name": labels.name(iris.thing(replaced)) if replaced else None,
            "translated": bool(
                head.provenance.name_seen_in
                and language in names
                and language not in head.provenance.name_seen_in
            ),
            "seen_in": [
                labels.name(f"{iris.base}id/scheme/language#{tag}") or Chosen(tag, "")
                for tag in head.provenance.name_seen_in
            ],
            "structured": None
            if state.past
            else structured(record, document, addresses.record(record), labels),
        }

    def _trail(self, kind: str, language: str) -> Trail:
        said, page = (
            self.site.web.languages[language],
            self.site.web.addresses(language).page,
        )
        if kind in _SECTIONS:
            path, label = _SECTIONS[kind]
            return [(said.say(label), page(path))]
        plural = choose(KINDS[kind].label, language)
        return [
            (said.say(msgid("Find")), page("find")),
            (plural.text if plural else kind, page("find", kind=kind)),
        ]

    def _facts(self, document: Mapping[str, object], labels: Labels) -> Sequence[Fact]:
        # Codes have a table of their own; the others stand above the facts.
        left = {t: v for t, v in document.items() if t not in _SHOWN_APART}
        return readable(facts_of(left, labels))

    def _related(self, record: RecordId, labels: Labels) -> Iterator[Related]:
        lists, cards = self.site.registry.lists, Cards(labels, self.site.places)
        for kind in RELATED:
            found = lists.search(
                ListQuery(kind=kind, of=record, by_name=labels.language, limit=MOST)
            )
            if found.items:
                made = cards.of(item.record for item in found.items)
                yield Related(kind, list(made), found.total)

    def tombstone(
        self, request: Request, language: str, record: RecordId, gone: Gone
    ) -> Response:
        """Returns what is left of a record that was retired."""
        journal = self.site.registry.journal
        last = journal.current(record)
        retired = [e for e in journal.history(record) if e.event is Event.RETIRED]
        return self.site.web.unstored(
            request,
            "tombstone",
            language,
            status=410,
            record_id=record,
            trail=self._trail(record.kind, language),
            names=name_of(json.loads(last.content.document)) if last else {},
            detail=gone.detail,
            retired=retired[-1] if retired else None,
            last=last.head.version if last else None,
        )

    def history(self, request: Request, language: str, *, kind: str) -> Response:
        """Returns what happened to a record, the latest first, and what it changed."""
        registry = self.site.registry
        record = record_id(kind, request.path_params["key"])
        entries = [
            entry
            for entry in reversed(retrieval.history(registry.journal, record))
            if entry.event in PUBLIC
        ]
        number = _page_number(request.query_params.get("page"))
        first = (number - 1) * ENTRIES
        labels = self.site.labels(language)
        address = self.site.web.addresses(language).page
        here = partial(address, f"{kind}/{record.key}/history")
        name = labels.name(registry.iris.thing(record))
        return self.site.web.respond(
            request,
            "history",
            language,
            record_id=record,
            name=name,
            trail=[
                *self._trail(kind, language),
                (name or record.key, address(f"{kind}/{record.key}")),
            ],
            steps=[
                Step(entry, self._changed(entry, labels))
                for entry in entries[first : first + ENTRIES]
            ],
            reader=Reader(self.site.web.addresses(language)),
            previous=here(page=number - 1) if number > 1 else None,
            next=here(page=number + 1) if first + ENTRIES < len(entries) else None,
        )

    def _changed(self, entry: Entry, labels: Labels) -> Sequence[Difference]:
        if entry.event is not Event.ACCEPTED or entry.version < 2:
            return ()
        journal = self.site.registry.journal
        new = journal.version(entry.record, entry.version)
        old = journal.version(entry.record, entry.version - 1)
        return differences(old, new, labels) if new else ()


def _page_number(given: str | None) -> int:
    """Returns the number of the page; what is none means the first."""
    if given and given.isascii() and given.isdecimal() and len(given) <= 6:
        return max(int(given), 1)
    return 1


def add_to(website: Website, site: Site) -> None:
    """Adds the pages of records and their histories, for every kind."""
    records = Records(site)
    for kind in KINDS:
        path = f"/{kind}/{{key}}"
        website.add(f"{path}/history", partial(records.history, kind=kind))
        if kind not in _WITH_PAGES_OF_THEIR_OWN:
            website.add(path, partial(records.page, kind=kind))
