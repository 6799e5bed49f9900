"""The catalogue in DCAT-AP 3.0.1: pure functions that describe what is published.

Every function returns canonical N-Triples without blank nodes: equal facts give
equal bytes, and no time stands in them that was not an argument.

Source: DCAT-AP 3.0.1, SEMIC; StatDCAT-AP 1.0.1; DCAT 3, W3C.
"""
