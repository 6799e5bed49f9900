"""`/{language}/desk/submissions/{number}/…`: a draft as if it were published now.

The page is made by the template of the public one, the documents are byte for byte
those that would be served, and the catalogue is that which would be harvested.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.caching import UNSTORED
from api.pages.datasets import GROUP_NAMES, Shown, group_of, heading, shown
from api.pages.personal import respond
from api.pages.scores import RATINGS
from api.pages.translations import Language, msgid
from api.routes.pages.record import Records
from api.routes.pages.submission import PREVIEWS, number_of
from api.routes.pages.website import Website
from api.routes.records import FIXED, Asked
from api.site import Site
from registry.desk import Submission
from registry.errors import NotFound
from registry.graphs import FORMATS
from registry.language import Text
from registry.people import Person
from registry.ports import Described
from registry.previewing import Foreseen
from registry.record import Version
from registry.views import record as view
from registry.views.indicators import TOTAL
from registry.views.nodes import Nodes
from registry.views.score import Score


@dataclass(frozen=True, slots=True)
class Told:
    """What the description of a dataset says under one heading.

    Attributes:
        label: the heading.
        language: of the text, if it has one.
        before: what it says now; empty if nothing.
        after: what it would say.
    """

    label: str
    language: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset of the catalogue, as it is and as it would be.

    Attributes:
        title: per language, as it would be.
        group: what kind of dataset it is.
        foreseen: its descriptions.
        before: its score now, if it has one.
        after: the score that is foretold.
        told: what its description says, that which would change first.
        gone: statements that would be made no longer, as N-Triples.
        come: statements that would be new.
    """

    title: Text
    group: str
    foreseen: Foreseen
    before: Score | None
    after: Score | None
    told: Sequence[Told]
    gone: Sequence[str]
    come: Sequence[str]


@dataclass(frozen=True, slots=True)
class Previewing:
    """The previews of one registry's submissions."""

    site: Site

    def _seen(self, request: Request) -> tuple[Person, Submission, Version]:
        person = self.site.guard.required(request)
        registry = self.site.registry
        submission = registry.reviewing.submission(person, number_of(request))
        content = registry.reviewing.content(submission)
        return person, submission, registry.previews.version(submission.entry, content)

    def page(self, request: Request, language: str) -> Response:
        """Returns the page of the record as it would be."""
        person, submission, version = self._seen(request)
        here = self._address(submission, language)
        values = {
            **Records(self.site).values(version, Asked(), language),
            "formats": [
                (FIXED[extension], f"{here}/preview.{extension}")
                for extension, _ in PREVIEWS
            ],
            "structured": None,
            "submission": submission,
            "trail": self._trail(submission, language),
        }
        return respond(self.site, request, "preview", language, person=person, **values)

    def document(
        self,
        request: Request,
        language: str,  # noqa: ARG002 - documents speak every language
    ) -> Response:
        """Returns the document as it would be served.

        Raises:
            NotFound: there is no preview in this format.
        """
        extension = request.path_params["extension"]
        if extension not in dict(PREVIEWS):
            raise NotFound("There is no such preview.", "Няма такъв предварителен вид.")
        _, _, version = self._seen(request)
        registry = self.site.registry
        body = view.render(
            version,
            FORMATS[extension],
            iris=registry.iris,
            context=registry.vocabulary.context,
            item=False,
        )
        return Response(
            body,
            headers={
                "Content-Type": FIXED[extension].content_type,
                "Cache-Control": UNSTORED,
            },
        )

    def catalogue(self, request: Request, language: str) -> Response:
        """Returns what the catalogue would say, with the scores that are foretold."""
        person, submission, version = self._seen(request)
        said = self.site.web.languages[language]
        foreseen = self.site.registry.previews.datasets(submission.entry, version)
        return respond(
            self.site,
            request,
            "preview_catalogue",
            language,
            person=person,
            submission=submission,
            entries=list(self._entries(foreseen, said)),
            ratings={rating: said.say(name) for rating, name in RATINGS.items()},
            total=TOTAL,
            trail=self._trail(submission, language),
        )

    def _entries(self, foreseen: Sequence[Foreseen], said: Language) -> Iterator[Entry]:
        registry = self.site.registry
        shared = heading(registry.iris, registry.definition)
        for one in foreseen:
            before, after = (
                shown(Nodes(shared + state.triples), one.key, registry.iris)
                if state
                else None
                for state in (one.before, one.after)
            )
            lines = [_lines(state) for state in (one.before, one.after)]
            latest = after or before
            yield Entry(
                title=latest.title if latest else {},
                group=said.say(GROUP_NAMES[group_of(one.key)]),
                foreseen=one,
                before=self._score(one.before),
                after=self._score(one.after),
                told=sorted(
                    _told(before, after, said),
                    key=lambda entry: entry.before == entry.after,
                ),
                gone=sorted(lines[0] - lines[1]),
                come=sorted(lines[1] - lines[0]),
            )

    def _score(self, described: Described | None) -> Score | None:
        found = [described] if described else []
        return next(iter(self.site.registry.scorer.scores(found)), None)

    def _address(self, submission: Submission, language: str) -> str:
        page = self.site.web.addresses(language).page
        return page(f"desk/submissions/{submission.number}")

    def _trail(
        self, submission: Submission, language: str
    ) -> Sequence[tuple[str, str]]:
        said = self.site.web.languages[language].say
        page = self.site.web.addresses(language).page
        return [
            (said(msgid("Review")), page("desk/review")),
            (
                f"{said(msgid('Submission'))} {submission.number}",
                self._address(submission, language),
            ),
        ]


def _told(before: Shown | None, after: Shown | None, said: Language) -> Iterator[Told]:
    old, new = (dict(_facts(one, said)) if one else {} for one in (before, after))
    for label, language in {**new, **old}:
        key = (label, language)
        yield Told(label, language, old.get(key, ""), new.get(key, ""))


def _facts(
    dataset: Shown, said: Language
) -> Iterator[tuple[tuple[str, str | None], str]]:
    """Yields what a description says, by heading and language."""
    for label, text in (
        (msgid("Title"), dataset.title),
        (msgid("Description"), dataset.description),
        (msgid("Version"), dataset.changes),
    ):
        for language, value in text.items():
            yield (said.say(label), language), value
    for language in dict.fromkeys(tag for tag, _ in dataset.keywords):
        words = [word for tag, word in dataset.keywords if tag == language]
        yield (said.say(msgid("Keywords")), language), ", ".join(sorted(words))
    plain: Mapping[str, object] = {
        msgid("Period"): dataset.period
        and " – ".join(
            said.date(end) for end in (dataset.period.start, dataset.period.end) if end
        ),
        msgid("Time series in it"): dataset.keys,
        msgid("Last changed"): dataset.modified and said.moment(dataset.modified),
        msgid("Files and formats"): len(dataset.downloads) or None,
    }
    for label, given in plain.items():
        if given is not None:
            yield (said.say(label), None), str(given)


def _same(told: Told) -> bool:
    return told.before == told.after


def _lines(described: Described | None) -> frozenset[str]:
    return frozenset(described.triples.splitlines() if described else ())


def add_to(website: Website, site: Site) -> None:
    """Adds the previews."""
    previews = Previewing(site)
    path = "/desk/submissions/{number}"
    website.add(f"{path}/preview", previews.page)
    website.add(f"{path}/preview.{{extension}}", previews.document)
    website.add(f"{path}/catalogue", previews.catalogue)
