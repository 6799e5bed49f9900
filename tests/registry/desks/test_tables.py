from registry.desks.tables import COMMENT, DRAFT, SUBMISSION


def test_every_table_keeps_text_and_whole_numbers_only() -> None:
    """So that every database keeps the same values."""
    kinds = {
        str(column.type)
        for table in (SUBMISSION, COMMENT, DRAFT)
        for column in table.columns
    }

    assert kinds == {"TEXT", "INTEGER"}
