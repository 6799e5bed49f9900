"""Makes the table and the charts of `docs/performance.md` of recorded findings.

    python -m benchmarks peers --record findings.jsonl
    python -m benchmarks.charts findings.jsonl docs/images

The table is written to stdout. Each chart stands by itself: it names what it shows,
and is readable on light and on dark pages.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from benchmarks.figures import Figure, Findings

_NAMES, _BARS, _VALUES = 230, 380, 110
_LINE, _TOP = 26, 40
_STYLE = """\
text { font: 14px system-ui, sans-serif; fill: #1f2933 }
.title { font-weight: 600 }
.ours { fill: #1d6fb8 } .other { fill: #8895a3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6ebf0 } .ours { fill: #5aa9ee } .other { fill: #7b8794 } }"""


def read(file: Path) -> list[Findings]:
    """Returns recorded findings; the later ones of a title replace the earlier."""
    found: dict[str, Findings] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        figures = [Figure(**figure) for figure in row.pop("figures")]
        found[row["title"]] = Findings(**row, figures=figures)
    return list(found.values())


def table(found: Sequence[Findings]) -> str:
    """Returns every ratio of the findings as a table in Markdown."""
    rows = [
        (findings.title, *_cells(findings, figure))
        for findings in found
        for figure in findings.figures
    ]
    head = ("what", "registry : peer", "registry", "peer", "ratio", "wanted", "")
    lines = [head, ("---", "---", "---:", "---:", "---:", "---:", "---"), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(findings: Findings, figure: Figure) -> tuple[str, ...]:
    ours, _, peer = figure.text.partition(" : ")
    rates = [_number(findings.rates.get(name)) for name in (ours, peer)]
    wanted = "" if figure.wanted is None else f"{figure.wanted:.2f}"
    verdict = ("met" if figure.met else "**missed**") if wanted else ""
    return figure.text, *rates, f"{figure.ratio:.2f}", wanted, verdict


def _number(rate: float | None) -> str:
    if rate is None:
        return ""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


def chart(findings: Findings) -> str:
    """Returns the rates of findings as bars."""
    rates, unit = findings.rates, findings.unit
    most = max(rates.values())
    height = _TOP + _LINE * len(rates) + 8
    width = _NAMES + _BARS + _VALUES
    bars = [
        _bar(number, name, rate, rate / most)
        for number, (name, rate) in _counted(rates)
    ]
    told = "; ".join(f"{name}: {_number(rate)} {unit}" for name, rate in rates.items())
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(findings.title)}</title>',
            f'<desc id="desc">{escape(told)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<text class="title" x="0" y="20">{escape(findings.title)}, {unit}</text>',
            *bars,
            "</svg>\n",
        ]
    )


def _counted(rates: Mapping[str, float]) -> Sequence[tuple[int, tuple[str, float]]]:
    return list(enumerate(rates.items()))


def _bar(number: int, name: str, rate: float, share: float) -> str:
    top = _TOP + _LINE * number
    length = max(1.0, share * _BARS)
    kind = "ours" if name.startswith("registry") else "other"
    return (
        f'<text x="0" y="{top + 14}">{escape(name)}</text>'
        f'<rect class="{kind}" x="{_NAMES}" y="{top}" width="{length:.1f}" '
        f'height="18"/>'
        f'<text x="{_NAMES + length + 8:.1f}" y="{top + 14}">{_number(rate)}</text>'
    )


def main() -> None:
    """Reads the file that is named, and writes the charts into the folder."""
    file, folder = map(Path, sys.argv[1:])
    found = read(file)
    folder.mkdir(parents=True, exist_ok=True)
    for findings in found:
        name = re.sub(r"[^a-z0-9]+", "-", findings.title.lower()).strip("-")
        (folder / f"{name}.svg").write_text(chart(findings), encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
