"""The desk in the journal's database: submissions, claims, comments and drafts."""
