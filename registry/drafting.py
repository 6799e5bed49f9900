"""Drafts of records: what was typed into a form, checked and handed in.

A draft is kept exactly as it was typed, whatever it is. Only when it is checked does
it become a document, and only when it is handed in does it go the one path of every
change: `registry.intake`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.desk import Channel, Draft, Submission
from registry.errors import NotFound
from registry.forms import faults, filling, merging, reading, translation
from registry.forms.faults import Fault
from registry.forms.field import Field, Form, Style
from registry.forms.merging import Clash
from registry.forms.naming import Given, Pairs, anchor
from registry.intake import Intake, Proposal, Proposed
from registry.iris import Iris, RecordId
from registry.jsonld import is_iri
from registry.language import Text
from registry.people import Person
from registry.policy import Verb, require
from registry.ports import Desk, Journal
from registry.record import Provenance, Source

REASON, SOURCE, SEEN, NEW = "_reason", "_source", "_seen", "_new"
"""Inputs beside the fields of a form: what the author says to the reviewer, the pages
on which the facts rest, the languages in which they give the name, and that none of
the similar records is the same."""

REASON_CAP = 2000
"""Characters that an author can say to the reviewer."""

_CHOOSE: Text = {
    "bg": "Изберете едно от намереното или изтрийте думите за търсене.",
    "en": "Choose one of what was found, or clear the words to search for.",
}
_SOURCE: Text = {
    "bg": "Напишете пълния адрес на страницата, с http:// или https:// в началото.",
    "en": "Write the full address of the page, starting with http:// or https://.",
}
_REASON: Text = {
    "bg": f"Съкратете бележката до {REASON_CAP} знака.",
    "en": f"Shorten the note to {REASON_CAP} characters.",
}
_STRANGE: Text = {
    "bg": "Формулярът няма такова поле, затова това не може да се запази: ",
    "en": "The form has no such field, so this cannot be kept: ",
}
_UNCHANGED: Text = {
    "bg": "Не сте променили нищо: записът вече казва точно това.",
    "en": "You have changed nothing: the record already says just this.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a draft found.

    Attributes:
        proposal: as the one path sees it.
        faults: where they belong in the form.
    """

    proposal: Proposal
    faults: Sequence[Fault]

    @property
    def ready(self) -> bool:
        """Whether it can be handed in as far as the form can tell."""
        return not any(fault.severity == "must" for fault in self.faults)


class Drafting:
    """Checks drafts and hands them in.

    Args:
        journal: the truth.
        desk: beside it.
        intake: the one path.
        forms: by kind.
    """

    def __init__(
        self, journal: Journal, desk: Desk, intake: Intake, forms: Mapping[str, Form]
    ) -> None:
        self._journal = journal
        self._desk = desk
        self._intake = intake
        self._iris = Iris(journal.base)
        self.forms = forms

    def form(self, kind: str) -> Form:
        """Returns the form of a kind.

        Raises:
            NotFound: records of this kind are not filled in by hand.
        """
        if kind not in self.forms:
            raise NotFound(
                "There is no form for records of this kind: statistical tables are "
                "handed in as files, and places and code lists are kept by the "
                "registry.",
                "За записи от този вид няма формуляр: статистическите таблици се "
                "подават като файлове, а местата и кодовите списъци се поддържат от "
                "регистъра.",
            )
        return self.forms[kind]

    def mint(self, kind: str, draft: str) -> RecordId:
        """Returns the id that the new record of a draft will have."""
        return self._intake.mint(kind, draft)

    def filled(self, record: RecordId, number: int) -> Pairs:
        """Returns the form filled with a version of a record, or blank for 0."""
        version = self._journal.version(record, number) if number else None
        told = version.head.provenance if version else Provenance()
        return self._filled(record.kind, self._document(record, number), told)

    def amending(
        self, person: Person, submission: Submission, *, id: str, saved: datetime
    ) -> Draft:
        """Returns the form filled with what was handed in, to be changed by another.

        Args:
            person: who changes it.
            submission: what was handed in.
            id: of the new draft.
            saved: the moment.

        Raises:
            NotFound: records of this kind have no form.
            NotAllowed: the person may not change it.
        """
        require(person, Verb.AMEND, submission.subject)
        entry = submission.entry
        content = self._journal.content(entry.digest or "")
        document = json.loads(content.document) if content else {}
        based_on = entry.based_on
        return Draft(
            id=id,
            record=entry.record,
            organisation=submission.organisation,
            author=person.actor,
            based_on=self.current(entry.record) if based_on is None else based_on,
            fields=tuple(self._filled(entry.record.kind, document, entry.provenance)),
            amends=submission.number,
            saved=saved,
        )

    def _filled(
        self, kind: str, document: Mapping[str, Any], told: Provenance
    ) -> Pairs:
        return [
            *filling.fill(self.form(kind), document),
            *((SOURCE, source.iri) for source in told.sources or (Source(""),)),
            *((SEEN, tag) for tag in told.name_seen_in),
            (REASON, ""),
        ]

    def _document(self, record: RecordId, number: int) -> Mapping[str, Any]:
        version = self._journal.version(record, number) if number else None
        if version is None:
            return reading.blank(self.form(record.kind), self._iris.thing(record))
        found: Mapping[str, Any] = json.loads(version.content.document)
        return found

    def _base(self, draft: Draft) -> Mapping[str, Any]:
        """Returns the document that the form was filled from."""
        amended = self._desk.submission(draft.amends) if draft.amends else None
        digest = amended.entry.digest if amended else None
        content = self._journal.content(digest) if digest else None
        if content is None:
            return self._document(draft.record, draft.based_on)
        found: Mapping[str, Any] = json.loads(content.document)
        return found

    def typed(self, draft: Draft) -> reading.Typed:
        """Returns what was typed as a document."""
        form, thing = self.form(draft.record.kind), self._iris.thing(draft.record)
        return reading.read(form, _fields(draft), self._base(draft), thing)

    def states(
        self, draft: Draft, typed: reading.Typed
    ) -> Mapping[translation.Key, Mapping[str, translation.State]]:
        """Returns how translations stand, were the draft the next version.

        Its cost grows with the number of versions.
        """
        before = (
            self._document(draft.record, number)
            for number in range(1, draft.based_on + 1)
        )
        return translation.states([*before, typed.document])

    def current(self, record: RecordId) -> int:
        """Returns the number of the version that is published now, 0 for none."""
        head = self._journal.head(record)
        return head.version if head else 0

    def clashes(self, draft: Draft) -> Sequence[Clash]:
        """Returns what somebody else has changed since the draft was begun."""
        now = self.current(draft.record)
        if draft.based_on == now:
            return ()
        form = self.form(draft.record.kind)
        base, theirs = (
            filling.fill(form, self._document(draft.record, number))
            for number in (draft.based_on, now)
        )
        return merging.clashes(base, theirs, _fields(draft))

    def check(self, draft: Draft) -> Checked:
        """Checks a draft and writes nothing.

        Raises:
            MalformedDocument: checking it had to be stopped.
        """
        form, typed, pairs = (
            self.form(draft.record.kind),
            self.typed(draft),
            _fields(draft),
        )
        (proposal,) = self._intake.propose(
            [Proposed(draft.record, typed.document, based_on=draft.based_on)]
        )
        found = [
            *_beside(form, draft),
            *faults.lost(proposal.lost, typed, pairs),
            *faults.placed(proposal.report.results, typed, pairs),
        ]
        if proposal.problem and not proposal.losses:
            found.append(Fault(None, "must", "", proposal.problem))
        if proposal.unchanged and not draft.amends:
            found.append(Fault(None, "must", "", _UNCHANGED))
        return Checked(proposal, found)

    def submit(self, person: Person, draft: Draft, checked: Checked) -> Submission:
        """Hands in a draft that was checked; what was typed is in the journal then.

        Raises:
            RegistryError: see `Intake.submit`.
        """
        content = checked.proposal.content
        digest = content.digest[:16] if content else ""
        (made,) = self._intake.submit(
            person,
            [checked.proposal],
            organisation=draft.organisation,
            channel=Channel.FORM,
            reason=" ".join(Given(draft.fields).values(REASON)).strip(),
            provenance=self._provenance(draft),
            idempotency_key=f"{draft.id} {digest}",
            amends=draft.amends,
        )
        return made

    def _provenance(self, draft: Draft) -> Provenance | None:
        """Returns what was said of sources, if it differs from what is known."""
        given = Given(draft.fields)
        version = (
            self._journal.version(draft.record, draft.based_on)
            if draft.based_on
            else None
        )
        told = version.head.provenance if version else Provenance()
        amended = self._desk.submission(draft.amends) if draft.amends else None
        told = amended.entry.provenance if amended else told
        known = {source.iri: source for source in told.sources}
        written = [one.strip() for one in given.values(SOURCE) if one.strip()]
        sources = tuple(known.get(one, Source(one)) for one in dict.fromkeys(written))
        seen = tuple(dict.fromkeys(given.values(SEEN)))
        if (sources, seen) == (told.sources, told.name_seen_in):
            return told if amended else None
        return Provenance(sources, seen, told.note)


def strange(form: Form, draft: Draft) -> Pairs:
    """Returns what was typed under names that the form does not have."""
    return reading.unknown(form, _fields(draft))


def _fields(draft: Draft) -> Pairs:
    """Returns what was typed into the fields of the form."""
    return [one for one in draft.fields if not one[0].startswith("_")]


def _beside(form: Form, draft: Draft) -> Iterator[Fault]:
    """Yields what only the form can tell."""
    given = Given(draft.fields)
    for name in _searches(form.fields, given, ""):
        if any(words.strip() for words in given.values(f"{name}.search")):
            yield Fault(name, "must", "", _CHOOSE, name)
    for position, iri in enumerate(given.values(SOURCE)):
        page = iri.strip()
        if page and not (is_iri(page) and page.startswith(("http://", "https://"))):
            yield Fault(anchor(SOURCE, position), "must", "", _SOURCE, SOURCE)
    if any(len(reason) > REASON_CAP for reason in given.values(REASON)):
        yield Fault(REASON, "must", "", _REASON, REASON)
    for name, value in strange(form, draft)[:3]:
        shown = f"{name} = {value[:80]}"
        message = {tag: f"{text}{shown}" for tag, text in _STRANGE.items()}
        yield Fault(None, "should", "", message)


def _searches(fields: Sequence[Field], given: Given, prefix: str) -> Iterator[str]:
    for one in fields:
        name = prefix + one.term
        if one.style is Style.NODES and one.classes:
            yield name
        for row in given.rows(name) if one.nested else ():
            yield from _searches(one.nested, given, f"{name}.{row}.")
