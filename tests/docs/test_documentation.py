import ast
import re
from pathlib import Path

import pytest

from tests.docs import reference

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("datasets/**/*.md")]
)
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#]+)(?:#[^)]*)?\)")


def test_reference_page_is_that_of_the_code() -> None:
    """Every setting and command is documented, with its present default."""
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")

    assert page == reference.text(), "run `make reference`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A link to a file of the repository names one that is there."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_module_of_the_domain_has_its_tests() -> None:
    """The tests mirror the code, so that a reader finds either from the other."""
    modules = {
        path.relative_to(ROOT / "registry")
        for path in ROOT.glob("registry/**/*.py")
        if path.name != "__init__.py"
    }
    mirrored = {
        path.relative_to(ROOT / "tests" / "registry").with_name(
            path.name.removeprefix("test_")
        )
        for path in ROOT.glob("tests/registry/**/test_*.py")
    }

    assert modules - mirrored <= set(TESTED_ELSEWHERE), modules - mirrored


TESTED_ELSEWHERE = {
    # Constants, protocols and values without behaviour of their own.
    Path("namespaces.py"),
    Path("people.py"),
    Path("ports.py"),
    Path("sheets/faults.py"),
}


def test_every_test_states_its_behaviour() -> None:
    """A test that fails says in one sentence what no longer holds."""
    silent = {
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in ROOT.glob("tests/**/test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    }

    assert silent == set()
