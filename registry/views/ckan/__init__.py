"""The datasets of the catalogue as CKAN would tell of them.

For harvesters that know nothing else: packages, and a search over them, in the
shapes of CKAN's action API. What CKAN has no field for is an extra, under the name
that `ckanext-dcat` gives it.

Source: CKAN 2.10, API guide.
"""
