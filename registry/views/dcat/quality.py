"""How far the records of a register can be relied on, as measurements of a dataset.

They name days, not how things are today: they stay the same as days go by.

Source: Data on the Web Best Practices: Data Quality Vocabulary, section 5.
"""

from registry.namespaces import DQV, INTG
from registry.ports import Reliability
from registry.views.dcat.statements import Statements


def add(statements: Statements, node: str, measured: Reliability) -> None:
    """States the measurements of a dataset.

    Args:
        statements: what is being put together.
        node: IRI of the dataset.
        measured: when its files were made.
    """
    for metric, value, datatype in (
        ("confirmedRecords", str(measured.confirmed), "nonNegativeInteger"),
        ("allFreshUntil", measured.all_fresh_until.isoformat(), "date"),
        ("halfFreshUntil", measured.half_fresh_until.isoformat(), "date"),
    ):
        measurement = f"{node}#{metric}"
        statements.link(node, f"{DQV}hasQualityMeasurement", measurement)
        statements.type(measurement, f"{DQV}QualityMeasurement")
        statements.link(measurement, f"{DQV}computedOn", node)
        statements.link(measurement, f"{DQV}isMeasurementOf", f"{INTG}{metric}")
        statements.value(measurement, f"{DQV}value", value, datatype)
        statements.type(f"{INTG}{metric}", f"{DQV}Metric")
