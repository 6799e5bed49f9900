from registry.namespaces import DQV, INTG
from tests.dcat import register, values
from tests.versions import BASE

DATASET = f"{BASE}id/catalog/register.institution"


def test_a_register_says_how_far_it_can_be_relied_on() -> None:
    """Each measurement names its metric, its dataset and its value."""
    text = register("institution")
    measurements = values(text, DATASET, f"{DQV}hasQualityMeasurement")

    found = {
        metric.removeprefix(INTG): value
        for node in measurements
        for metric in values(text, node, f"{DQV}isMeasurementOf")
        for value in values(text, node, f"{DQV}value")
    }
    assert found == {
        "allFreshUntil": "2026-12-01",
        "confirmedRecords": "3",
        "halfFreshUntil": "2027-02-01",
    }
    for node in measurements:
        assert values(text, node, f"{DQV}computedOn") == [DATASET]


def test_what_was_not_measured_is_not_told() -> None:
    """A register of places has no such measurements."""
    text = register("place", measured=None)

    assert f"{DQV}hasQualityMeasurement" not in text
