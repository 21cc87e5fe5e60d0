"""The lock files: exact versions with hashes, naming no host, and complete."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.paths import BASE_DIR

FILES = ["requirements.lock", "requirements-dev.lock"]
ENTRY = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)


def pinned(file: str) -> dict[str, str]:
    return dict(ENTRY.findall((BASE_DIR / file).read_text()))


@pytest.mark.parametrize("file", FILES)
def test_exact_versions_with_hashes_and_no_host(file: str) -> None:
    text = (BASE_DIR / file).read_text()
    assert "//" not in text
    assert "index-url" not in text
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all(re.match(r"[a-z0-9.-]+==\S+", e) and "--hash=sha256:" in e for e in entries)


def test_everything_that_pyproject_names_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    needed = {"requirements.lock": project["dependencies"]}
    needed["requirements-dev.lock"] = (
        project["dependencies"] + project["optional-dependencies"]["dev"]
    )
    for file, wanted in needed.items():
        versions = pinned(file)
        for requirement in map(Requirement, wanted):
            version = versions.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement} is not in {file}: make lock"
            assert requirement.specifier.contains(version), f"{requirement}, {file} has {version}"


def test_the_two_locks_agree() -> None:
    run, dev = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert run.items() <= dev.items()
