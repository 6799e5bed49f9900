"""Parquet: what is said around the figures, as the key-value metadata of the file.

Source: Apache Parquet format, `FileMetaData`.
"""

import json
from collections.abc import Mapping

from registry.statistics.formats.json_rows import about
from registry.statistics.labels import Caption
from registry.statistics.structure import Structure


def metadata(caption: Caption, structure: Structure) -> Mapping[str, str]:
    """Returns the metadata: texts as they are, everything else as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in about(caption, structure).items()
    }
