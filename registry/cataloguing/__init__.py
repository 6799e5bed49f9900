"""Journal entries and dumps become the catalogue, one activity after another.

Both are walked through in the order in which they became public, and what each of
them means for a dataset is an activity if it changes its description. Nothing else
goes in, so walking again, or in other steps, gives the same activities.
"""
