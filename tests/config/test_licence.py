"""The licence of Sayso, and those of the packages that are passed on with it (docs/decisions/0029-bsd-license.md)."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
BINDS_THE_WHOLE = re.compile(r"\bA?GPL|Affero|GNU General Public", re.IGNORECASE)


def licences_of(package):
    """What the metadata say about the licence, in whichever of three fields, as one text."""
    fields = metadata.metadata(package)
    classifiers = [line for line in fields.get_all("Classifier") or [] if line.startswith("License ::")]
    return " ".join([fields.get("License-Expression") or "", (fields.get("License") or "")[:200], *classifiers])


def installed(package):
    try:
        return bool(metadata.distribution(package))
    except metadata.PackageNotFoundError:
        return False


@pytest.mark.parametrize("package", [package for package in PINNED if installed(package)])
def test_no_package_that_is_passed_on_binds_the_whole_to_its_licence(package):
    said = licences_of(package)

    assert said.strip()
    assert not BINDS_THE_WHOLE.search(said)


def test_the_project_names_the_licence_that_the_file_holds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [file] = project["license-files"]

    assert project["license"] == "BSD-3-Clause"
    assert (ROOT / file).read_text().startswith("BSD 3-Clause License")
