"""Everything that can be refused, as one tree.

    RegistryError
    ├── NotFound             no such record, version or document
    ├── Gone                 the record was retired; its tombstone remains
    ├── NotAcceptable        no representation on offer suits the reader
    │   └── UnknownProfile       nothing is offered in the profile asked for
    ├── Conflict             the change is based on an older version
    ├── NotAllowed           the actor may not do this
    ├── Unauthenticated      it is not known who asks
    ├── Forged               the form may have been sent by another site
    ├── Expired              a mailed link was used, or is too old
    ├── TooMany              too much at once; `extra` says when to try again
    ├── Invalid
    │   ├── MalformedDocument    the text is not what its media type says
    │   ├── Lossy                part of a document would not be kept
    │   ├── ShapesViolated       a *must* constraint is broken
    │   ├── BadParameter         a value in the request cannot be understood
    │   └── DatasetRefused       rows of a dataset file cannot be loaded
    ├── QueryMalformed       the text is not SPARQL
    ├── QueryRefused         the gate does not let the query through
    ├── QueryTimeout         the query passed its deadline
    ├── ResultTooLarge       the answer passed a published limit
    ├── EngineUnavailable    the graph store cannot answer now
    ├── Busy                 somebody else holds what is needed
    ├── StorageUnavailable   the disk, or the way to the database, fails
    └── Misconfigured        the settings and the data directory disagree

None knows an HTTP status: `api.problems` maps each class to one. Titles are
shown to people, so each class has one in both languages.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class RegistryError(Exception):
    """A refusal that a person can understand.

    Args:
        detail: one plain sentence in English for this occurrence.
        detail_bg: the same sentence in Bulgarian.
        extra: machine-readable members, added to the problem document.
    """

    slug: ClassVar[str] = "internal"
    title: ClassVar[Mapping[str, str]] = {
        "en": "Something went wrong on our side",
        "bg": "Възникна грешка при нас",
    }

    def __init__(
        self,
        detail: str,
        detail_bg: str,
        *,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail: Mapping[str, str] = {"en": detail, "bg": detail_bg}
        self.extra: Mapping[str, object] = extra or {}

    def __reduce__(self) -> tuple[object, ...]:
        """Lets an error cross from a worker process to its parent."""
        return _rebuild, (type(self), dict(self.detail), dict(self.extra))


def _rebuild(
    kind: type[RegistryError], detail: Mapping[str, str], extra: Mapping[str, object]
) -> RegistryError:
    error = kind.__new__(kind)
    RegistryError.__init__(error, detail["en"], detail["bg"], extra=extra)
    return error


class NotFound(RegistryError):
    """No such record, version or document."""

    slug = "not-found"
    title: ClassVar[Mapping[str, str]] = {
        "en": "There is nothing at this address",
        "bg": "На този адрес няма нищо",
    }


class Gone(RegistryError):
    """The record was retired; `extra` holds its tombstone."""

    slug = "gone"
    title: ClassVar[Mapping[str, str]] = {
        "en": "This record was withdrawn",
        "bg": "Този запис е оттеглен",
    }


class NotAcceptable(RegistryError):
    """No representation on offer suits the reader; `extra` lists the offer."""

    slug = "not-acceptable"
    title: ClassVar[Mapping[str, str]] = {
        "en": "None of the formats asked for is on offer",
        "bg": "Не предлагаме нито един от исканите формати",
    }


class UnknownProfile(NotAcceptable):
    """Nothing is offered in the profile asked for; `extra` lists those that are."""

    slug = "unknown-profile"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The profile asked for is not on offer",
        "bg": "Не предлагаме искания профил",
    }


class Conflict(RegistryError):
    """The change is based on a version that is no longer the current one."""

    slug = "stale-version"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The record changed in the meantime",
        "bg": "Записът междувременно е променен",
    }


class NotAllowed(RegistryError):
    """The actor may not do this, or not in this state."""

    slug = "not-allowed"
    title: ClassVar[Mapping[str, str]] = {
        "en": "This action is not allowed",
        "bg": "Това действие не е позволено",
    }


class Unauthenticated(RegistryError):
    """It is not known who asks: nobody is logged in, or the token is no good."""

    slug = "unauthenticated"
    title: ClassVar[Mapping[str, str]] = {
        "en": "You need to log in",
        "bg": "Необходимо е да влезете",
    }


class Forged(RegistryError):
    """The form does not show that it was sent by the person whose session it is."""

    slug = "forged"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The form was not accepted",
        "bg": "Формулярът не беше приет",
    }


class Expired(RegistryError):
    """A mailed link was used, is too old, or was never given out."""

    slug = "expired-link"
    title: ClassVar[Mapping[str, str]] = {
        "en": "This link is no longer valid",
        "bg": "Тази връзка вече не е валидна",
    }


class TooMany(RegistryError):
    """Too much at once; `extra["retryAfter"]` has the seconds to wait."""

    slug = "too-many-requests"
    title: ClassVar[Mapping[str, str]] = {
        "en": "Too many requests",
        "bg": "Твърде много заявки",
    }


class Invalid(RegistryError):
    """What was handed in cannot be accepted as it is."""

    slug = "invalid"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The data cannot be accepted as they are",
        "bg": "Данните не могат да бъдат приети в този вид",
    }


class MalformedDocument(Invalid):
    """The text is not what its media type says."""

    slug = "malformed-document"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The document cannot be read",
        "bg": "Документът не може да бъде прочетен",
    }


class Lossy(Invalid):
    """Part of a document would not be kept; `extra["losses"]` lists what."""

    slug = "lossy"
    title: ClassVar[Mapping[str, str]] = {
        "en": "Part of the document would be lost",
        "bg": "Част от документа би се изгубила",
    }


class ShapesViolated(Invalid):
    """A *must* constraint is broken; `extra["errors"]` is the report."""

    slug = "shapes-violated"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The record breaks rules that it must keep",
        "bg": "Записът нарушава задължителни правила",
    }


class BadParameter(Invalid):
    """A value in the request cannot be understood."""

    slug = "bad-parameter"
    title: ClassVar[Mapping[str, str]] = {
        "en": "A value in the request cannot be understood",
        "bg": "Стойност в заявката не може да бъде разбрана",
    }


class DatasetRefused(Invalid):
    """Rows of a dataset file cannot be loaded; `extra["rows"]` lists them."""

    slug = "dataset-refused"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The file was not loaded",
        "bg": "Файлът не беше зареден",
    }


class QueryMalformed(RegistryError):
    """The text is not a SPARQL query; `extra` may hold line and column."""

    slug = "query-malformed"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The query is not well-formed SPARQL",
        "bg": "Заявката не е правилен SPARQL",
    }


class QueryRefused(RegistryError):
    """The gate does not let the query through; `extra` names rule and limit."""

    slug = "query-refused"
    title: ClassVar[Mapping[str, str]] = {
        "en": "This kind of query is not run here",
        "bg": "Такива заявки не се изпълняват тук",
    }


class QueryTimeout(RegistryError):
    """The query passed its deadline or its memory cap and was stopped."""

    slug = "query-timeout"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The query took more than it may and was stopped",
        "bg": "Заявката надхвърли позволеното и беше спряна",
    }


class ResultTooLarge(RegistryError):
    """The answer passed a published limit; nothing of it was sent."""

    slug = "result-too-large"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The answer is larger than the limit",
        "bg": "Отговорът надхвърля ограничението",
    }


class EngineUnavailable(RegistryError):
    """The graph store cannot answer now; trying again later may help."""

    slug = "engine-unavailable"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The query service is not available at the moment",
        "bg": "Услугата за заявки не е достъпна в момента",
    }


class Busy(RegistryError):
    """Somebody else holds what is needed, such as the store of a live server."""

    slug = "busy"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The registry is in use by another process",
        "bg": "Регистърът се използва от друг процес",
    }


class StorageUnavailable(RegistryError):
    """The disk is full, read-only or broken, or the database out of reach.

    `extra["reason"]` tells which.
    """

    slug = "storage"
    title: ClassVar[Mapping[str, str]] = {
        "en": "Nothing can be kept at the moment",
        "bg": "В момента нищо не може да бъде запазено",
    }


class Misconfigured(RegistryError):
    """The settings and the data directory disagree, or neither is usable."""

    slug = "misconfigured"
    title: ClassVar[Mapping[str, str]] = {
        "en": "The registry is not set up as the settings say",
        "bg": "Регистърът не е настроен според настройките",
    }


def tree(root: type[RegistryError] = RegistryError) -> Sequence[type[RegistryError]]:
    """Returns the root and every error below it, parents first."""
    return [
        root,
        *(error for child in root.__subclasses__() for error in tree(child)),
    ]
