"""The picture in docs/architecture.md shows the code as it is."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
architecture = runpy.run_path(str(ROOT / ".ci" / "architecture.py"))


def test_the_picture_is_the_one_that_the_source_gives():
    stored = architecture["PICTURE"].read_text("utf-8")

    assert stored == architecture["picture"](), "Run `python .ci/architecture.py` and commit the picture."


def test_every_package_that_imports_or_is_imported_has_a_box():
    layers = architecture["layers"]
    drawn = {f"{app}.{name}" for app in architecture["APPS"] for row in layers(app) for name in row}

    assert {package for pair in architecture["imports"]() for package in pair} <= drawn | {"compliance.apps"}
