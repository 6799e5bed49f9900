"""The codes of a slice in words: places, concepts, periods, computed totals."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.pages import periods
from api.pages.translations import Language
from registry.language import Chosen, Text, choose
from registry.statistics.labels import Caption
from registry.statistics.structure import Role, Structure

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class CodeNames:
    """Names of the codes of one slice, in the language of a page.

    Attributes:
        structure: of the slice.
        caption: of the slice.
        language: of the page.
    """

    structure: Structure
    caption: Caption
    language: Language

    def column(self, name: str) -> Chosen:
        """Returns the name of a column, as a heading begins."""
        found = self.said(self.caption.columns[name], name)
        return replace(found, text=found.text[:1].upper() + found.text[1:])

    def code(self, dimension: str, code: str) -> Chosen:
        """Returns the name of a code; one without a name stands for itself."""
        found = self.structure.dimension(dimension)
        if found is not None and found.role is Role.TIME:
            return Chosen(self.period(code), self.language.tag)
        return self.said(self.caption.codes[dimension].names.get(code, {}), code)

    def period(self, period: str) -> str:
        """Returns a period as people write it."""
        return periods.named(period, self.language.locale)

    def said(self, text: Text, otherwise: str) -> Chosen:
        """Returns a text in the best language there is, or else what stands for it."""
        return choose(text, self.language.tag) or Chosen(otherwise, "")

    def joined(self, codes: Mapping[str, str]) -> str:
        """Returns the names of several codes, each of another dimension."""
        return ", ".join(self.code(name, code).text for name, code in codes.items())

    def ordered(self, dimension: str, codes: Iterable[str]) -> Sequence[str]:
        """Returns codes as readers look for them.

        Codes with numbers, such as ages and periods, are in the order of these;
        the others in that of their names. What is above the others comes first.
        """
        listed = list(codes)
        here, paths = set(listed), self.caption.codes[dimension]

        def place(code: str) -> tuple[bool, Sequence[str | int], str]:
            below = not here.isdisjoint(paths.path(code)[1:])
            return below, self._natural(dimension, code), code

        return sorted(listed, key=place)

    def _natural(self, dimension: str, code: str) -> Sequence[str | int]:
        text, *numbered = _DIGITS.split(code)
        if not numbered:
            return [1, self.code(dimension, code).text.casefold()]
        # Texts and numbers take turns, so that any two can be compared.
        return [0, text, *(int(p) if p.isdigit() else p for p in numbered)]
