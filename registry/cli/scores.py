"""`registry score`: what a European portal is going to think of the catalogue."""

from typing import Annotated

import typer

from registry import wiring
from registry.cli import console
from registry.settings import read_settings
from registry.views.indicators import TOTAL
from registry.views.score import Score


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(score)


def score(
    key: Annotated[
        str | None, typer.Argument(help="For example register.institution.")
    ] = None,
    *,
    form: Annotated[
        console.Format, typer.Option("--format", help="How to print the scores.")
    ] = console.Format.TABLE,
) -> None:
    """Predict the quality score that data.europa.eu gives each dataset.

    The catalogue is as the last run of the server or of `registry rebuild` left it.
    """
    registry = wiring.open_registry(read_settings())
    scorer = registry.scorer
    found = [scorer.of(key)] if key else list(scorer.all())
    registry.close()
    if form is not console.Format.TABLE:
        console.document([_members(one) for one in found])
    elif key:
        _print_indicators(found[0])
    else:
        _print_scores(found)
    if not found:
        console.error.print("The catalogue is empty; `registry rebuild` makes it.")


def _members(found: Score) -> dict[str, object]:
    return {
        "dataset": found.dataset,
        "points": found.points,
        "of": TOTAL,
        "rating": found.rating,
        "indicators": [
            {
                "indicator": measured.indicator.key,
                "dimension": measured.indicator.dimension,
                "title": measured.indicator.title,
                "points": measured.points,
                "missing": measured.missing,
            }
            for measured in found.measured
        ],
    }


def _print_scores(found: list[Score]) -> None:
    rows = [
        (
            one.dataset.rpartition("/")[2],
            f"{one.points} / {TOTAL}",
            one.rating,
            ", ".join(f"{m.indicator.key} +{m.missing}" for m in one.missing),
        )
        for one in found
    ]
    console.table(("Dataset", "Points", "Rating", "What would add points"), rows)


def _print_indicators(found: Score) -> None:
    rows = [
        (
            measured.indicator.dimension,
            measured.indicator.title["en"],
            measured.indicator.title["bg"],
            measured.points,
            f"+{measured.missing}" if measured.missing else "",
        )
        for measured in found.measured
    ]
    console.table(("Dimension", "Indicator", "Показател", "Points", "Would add"), rows)
    console.out.print(f"{found.points} of {TOTAL} points: {found.rating}")
    console.out.print("Addresses of this registry are taken to answer.")
