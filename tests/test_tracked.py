"""The check of tracked files finds what it is for, without spelling it."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture(scope="module")
def look_through() -> Callable[[str, str], list[str]]:
    sys.path.insert(0, str(SCRIPTS))
    try:
        return runpy.run_path(str(SCRIPTS / "tracked.py"))["look_through"]
    finally:
        sys.path.remove(str(SCRIPTS))


@pytest.mark.parametrize(
    "host",
    [
        # The kinds of names that registries have, for a house that does not exist.
        "registry.{house}.org",
        "registry.{house}.com",
        "{house}n" + "pm.com",
        "{house}py" + "pi.org",
        "test.{house}py" + "pi.org",
        "files.{house}hosted.org",
    ],
)
def test_a_registry_is_found_wherever_it_stands(
    host: str, look_through: Callable[[str, str], list[str]]
) -> None:
    name = host.format(house="inside")
    for text in (f"see https://{name}/pack", f"one line\n{name}", f'"resolved": "https://{name}/a.tgz"'):
        assert any("registry" in find for find in look_through("docs/a.md", text)), name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("console/package-lock.json", '"resolved": "https://any.example/a.tgz"'),
        ("console/package-lock.json", '"resolved": "git+ssh://git@any.example/a.git"'),
        (".npmrc", "registry=https://any.example/"),
        ("requirements/base.txt", "--extra-index-url https://any.example/simple"),
        ("requirements/dev.txt", "-i https://any.example/simple"),
        ("requirements/dev.txt", "package @ https://any.example/package.whl"),
    ],
)
def test_a_lock_file_says_version_and_hash_only(
    name: str, text: str, look_through: Callable[[str, str], list[str]]
) -> None:
    assert look_through(name, f"first\n{text}")
    assert look_through("README.md", "a page about --index-url and the registry = 3") == []


def test_what_belongs_is_left_alone(look_through: Callable[[str, str], list[str]]) -> None:
    lock = '"url": "https://opencollective.com/eslint", "integrity": "sha512-abc"'
    assert look_through("console/package-lock.json", lock) == []
    assert look_through(".npmrc", "omit-lockfile-registry-resolved=true") == []
    assert look_through("requirements/base.txt", "pypinyin==0.55.0 --hash=sha256:00") == []
