"""What is missing, as it is asked for by pages, programs and readers of the feed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from api.site import Site
from registry import gaps
from registry.errors import BadParameter
from registry.iris import KEY, RecordId
from registry.kinds import KINDS
from registry.language import Text
from registry.people import KEEPER
from registry.ports import GapQuery, Missing, Want

FILTERS: Mapping[str, str] = {
    "kind": "One kind of record.",
    "place": "Key of a place: gaps of what sits or serves in it.",
    "organisation": "Id of an organisation: gaps of what it keeps; `keeper` means of "
    "what no other keeps.",
    "gap": "What is missing: `bulgarian`, `english` (a text in that language), "
    "`place`, `contact`, `check` (nobody has checked it for too long), `link` (a page "
    "does not open) or `rule` (anything else that a record should have).",
}
"""The parameters that choose what is shown."""

WANTS: Mapping[Want, Text] = {
    Want.CHECK: {"bg": "Отдавна непроверено", "en": "Not checked for long"},
    Want.CONTACT: {"bg": "Няма контакт", "en": "No contact"},
    Want.PLACE: {"bg": "Няма място или адрес", "en": "No place or address"},
    Want.BULGARIAN: {"bg": "Няма текст на български", "en": "No Bulgarian text"},
    Want.ENGLISH: {"bg": "Няма текст на английски", "en": "No English text"},
    Want.LINK: {"bg": "Връзката не се отваря", "en": "A link does not open"},
    Want.RULE: {"bg": "Липсва друго", "en": "Something else is missing"},
}
"""What is missing, in words, the most urgent first."""


def query(site: Site, given: Mapping[str, str]) -> GapQuery:
    """Returns what parameters ask for.

    Raises:
        BadParameter: one of them has no such value.
    """
    kind, place, want = given.get("kind"), given.get("place"), given.get("gap")
    if kind and kind not in KINDS:
        raise _unknown("kind", kind, list(KINDS))
    if want and want not in list(Want):
        raise _unknown("gap", want, list(Want))
    if place and not _is_place(site, place):
        raise BadParameter(
            f"There is no place with the key {place}.",
            f"Няма място с ключ {place}.",
            extra={"parameter": "place", "value": place},
        )
    asked = GapQuery(
        today=site.today,
        kind=kind or None,
        want=Want(want) if want else None,
        place=place or None,
    )
    organisation = given.get("organisation")
    return _kept(site, asked, organisation) if organisation else asked


def _kept(site: Site, asked: GapQuery, organisation: str) -> GapQuery:
    """Returns the question about the records that an organisation keeps."""
    directory = site.registry.directory
    if directory.organisation(organisation) is None:
        known = [one.id for one in directory.organisations()]
        raise _unknown("organisation", organisation, known)
    if organisation != KEEPER:
        return replace(asked, records=directory.kept(organisation))
    others = [one.id for one in directory.organisations() if one.id != KEEPER]
    return replace(asked, without=[r for one in others for r in directory.kept(one)])


def _is_place(site: Site, key: str) -> bool:
    head = KEY.match(key) and site.registry.journal.head(RecordId("place", key))
    return bool(head)


def _unknown(parameter: str, value: str, allowed: list[str]) -> BadParameter:
    return BadParameter(
        f"The parameter “{parameter}” has no value “{value}”; there are: "
        f"{', '.join(allowed)}.",
        f"Параметърът „{parameter}“ няма стойност „{value}“; има: "
        f"{', '.join(allowed)}.",
        extra={"parameter": parameter, "value": value, "allowed": allowed},
    )


@dataclass(frozen=True, slots=True)
class Messages:
    """What to do about each gap: a sentence of ours, or that of the rule."""

    site: Site
    _rules: dict[str, Mapping[str, Text]] = field(default_factory=dict)

    def of(self, missing: Missing) -> Text:
        """Returns what to do about a gap, per language."""
        kind, code = missing.record.kind, missing.gap.code
        if code in gaps.MESSAGES:
            return gaps.MESSAGES[code]
        if kind not in self._rules:
            found = self.site.registry.shapes.constraints(kind)
            self._rules[kind] = {rule.code: rule.message for rule in found}
        # A rule of an earlier release is found no more once the gaps are found anew.
        return self._rules[kind].get(code, WANTS[missing.gap.want])
