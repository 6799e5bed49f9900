"""OAI-PMH 2.0 over the journal and the catalogue.

Records and datasets are items of one repository. A list is read by position, so
that its cost is that of what it returns, and a token says where to go on: who
follows the tokens meets every item that was there at the start, even those that
change meanwhile, which then come later.

Source: The Open Archives Initiative Protocol for Metadata Harvesting, 2.0.
"""
