"""The SQL edge of people: organisations, accounts, sessions, tokens and tickets."""
