"""The registry against its peers, as ratios measured in one run on one machine."""
