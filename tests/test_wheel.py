import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_wheel_alone_makes_a_registry_of_the_real_data(tmp_path: Path) -> None:
    """The wheel brings ontology, shapes, datasets and pages, and needs no checkout."""
    wheels = tmp_path / "wheels"
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    subprocess.run(
        [*command, "--outdir", str(wheels), str(ROOT)], check=True, capture_output=True
    )
    installed = tmp_path / "site"
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    environment = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "REGISTRY_DATA": str(tmp_path / "data"),
    }

    def registry(*arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-P", "-m", "registry.cli.main", *arguments],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return ran.stdout

    registry("init")
    registry("load", "schemes/place-level.csv", "places/nuts.csv")

    assert "Хасково" in registry("show", "place/bg422")
    pages = {
        str(path.relative_to(ROOT))
        for folder in ("locale", "static", "templates")
        for path in (ROOT / "api" / "pages" / folder).rglob("*")
        if path.is_file()
    }
    packed = {
        str(path.relative_to(installed))
        for path in (installed / "api" / "pages").rglob("*")
        if path.is_file() and path.suffix != ".py"
    }
    assert packed == pages
