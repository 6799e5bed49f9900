"""The kinds of record; each is a register of its own.

Adding a kind is one line here, one shape file and the terms it needs in the
JSON-LD context.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from registry.language import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """A register.

    Attributes:
        slug: its segment in every IRI, as in `{base}id/{slug}/{key}`.
        label: its plural name, per language.
    """

    slug: str
    label: Text


def _table(*kinds: Kind) -> Mapping[str, Kind]:
    return MappingProxyType({kind.slug: kind for kind in kinds})


KINDS: Mapping[str, Kind] = _table(
    Kind("institution", {"bg": "Институции", "en": "Institutions"}),
    Kind("training-centre", {"bg": "Центрове за обучение", "en": "Training centres"}),
    Kind("course", {"bg": "Курсове", "en": "Courses"}),
    Kind("service", {"bg": "Услуги", "en": "Services"}),
    Kind("publication", {"bg": "Публикации", "en": "Publications"}),
    Kind("practice", {"bg": "Добри практики", "en": "Good practices"}),
    Kind("table", {"bg": "Статистически таблици", "en": "Statistical tables"}),
    Kind(
        "dataset",
        {"bg": "Набори от данни на други издатели", "en": "Datasets of others"},
    ),
    Kind("place", {"bg": "Места", "en": "Places"}),
    Kind("scheme", {"bg": "Кодови списъци", "en": "Code lists"}),
)
"""Every kind by its slug, in the order in which people are shown them."""
