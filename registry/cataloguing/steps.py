"""The order in which entries and dumps are taken in, some at a time."""

from registry.cataloguing.sources import Sources
from registry.cataloguing.walk import Walk
from registry.ports import CatalogueWriter, Position

BATCH = 1000
"""Journal entries that are taken in in one step."""


def catch_up(
    sources: Sources, catalogue: CatalogueWriter, *, batch: int = BATCH
) -> int:
    """Brings the catalogue up to the journal and the dumps.

    Its cost is that of what changed, not of what the catalogue holds. Readers see
    the outcome at once: half a catalogue would look as if the rest were deleted.

    Args:
        sources: what it is made from.
        catalogue: what is written.
        batch: how many entries are taken in in one step.

    Returns:
        How many activities were added.
    """
    count = 0
    with catalogue.together():
        while (added := _step(sources, catalogue, batch)) is not None:
            count += added
    return count


def _step(sources: Sources, catalogue: CatalogueWriter, batch: int) -> int | None:
    """Takes in some entries and the dump after them; `None` if there is nothing."""
    before = catalogue.position()
    # Entries are read first: a dump that came before one of them is then seen.
    entries = sources.journal.entries(before.sequence, batch)
    dump = next(iter(sources.dumps.published(before.dump, 1)), None)
    if dump:
        entries = [entry for entry in entries if entry.sequence <= dump.after]
    sequence = entries[-1].sequence if entries else before.sequence
    due = dump if dump and dump.after <= sequence else None
    if not entries and due is None:
        return None
    walk = Walk(sources, catalogue, before.dump)
    walk.take_entries(entries)
    if due:
        walk.take_dump(due)
    reached = Position(sequence, due.number if due else before.dump)
    catalogue.write(walk.changes, reached)
    return len(walk.changes)
