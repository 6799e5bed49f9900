from registry.iris import RecordId
from registry.journal.sql import SqlJournal


def test_the_last_reminder_of_each_recipient_is_known(journal: SqlJournal) -> None:
    """Others are told apart by the digest of their address."""
    reminders = journal.reminders
    assert reminders.last("aa") is None

    for _ in range(2):
        reminders.note("aa", [RecordId("institution", "sar")])
    first = reminders.last("aa")
    reminders.note("bb", [])
    last = reminders.last("bb")

    assert first is not None
    assert last is not None
    assert first < last
    assert reminders.last("aa") == first
