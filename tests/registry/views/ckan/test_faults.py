from registry.views.ckan.faults import bad_query, invalid, not_found


def test_errors_have_the_shape_of_ckan() -> None:
    """An error names its kind beside what it says."""
    assert not_found().error == {"message": "Not found", "__type": "Not Found Error"}
    assert invalid("rows", "Invalid integer").error == {
        "rows": ["Invalid integer"],
        "__type": "Validation Error",
    }
    assert bad_query("a'b").error == {
        "message": 'Search Query is invalid: "a\'b"',
        "__type": "Search Query Error",
    }
