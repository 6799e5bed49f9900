"""The edge of mails: the outbox, and how what is in it is sent."""
