"""The picture in docs/architecture.md shows the code as it is."""

from config import architecture


def test_the_picture_is_the_one_that_the_source_gives():
    stored = (architecture.ROOT / "docs" / "images" / "architecture.svg").read_text("utf-8")

    assert stored == architecture.picture(), "Run `python manage.py architecture` and commit the picture."


def test_every_package_that_imports_or_is_imported_has_a_box():
    drawn = {f"{app}.{name}" for app in architecture.APPS for row in architecture.layers(app) for name in row}

    assert {package for pair in architecture.imports() for package in pair} <= drawn | {"compliance.apps"}
