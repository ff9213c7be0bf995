"""What is distributed: its contents, and that it works where nothing else is."""

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from email.message import Message
from email.parser import Parser
from importlib.metadata import version
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[1]
NAME = f"stepup_zenodo-{version('stepup-zenodo')}"

pytestmark = pytest.mark.slow


@attrs.frozen
class Distributions:
    """What would be uploaded to a package index."""

    wheel: Path
    """The wheel, which was made from the source distribution."""

    sdist: Path
    """The source distribution."""


def run(command: Sequence[object], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would, outside of the repository and without its environment."""
    dropped = ("PYTHON", "STEPUP_", "VIRTUAL_ENV")
    environ = {name: text for name, text in os.environ.items() if not name.startswith(dropped)}
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Build from the files that belong to the repository."""
    folder = tmp_path_factory.mktemp("distributions")
    source, made = folder / "source", folder / "made"
    copy_sources(source)
    result = run([sys.executable, "-m", "build", "--no-isolation", "-o", made, source], folder)
    assert result.returncode == 0, result.stderr + result.stdout
    return Distributions(made / f"{NAME}-py3-none-any.whl", made / f"{NAME}.tar.gz")


def copy_sources(target: Path) -> None:
    """Copy what is needed for building, so that building leaves nothing in the repository."""
    paths = [ROOT / name for name in ("LICENSE", "README.md", "pyproject.toml")]
    paths += [path for path in (ROOT / "stepup_zenodo").rglob("*") if is_source(path)]
    paths += (ROOT / "tests").rglob("*.py")
    for path in paths:
        copy = target / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())


def is_source(path: Path) -> bool:
    """Return whether a path in the package is a file that was written by hand or committed."""
    return path.is_file() and "__pycache__" not in path.parts


def package_files() -> list[str]:
    """Return the files of the package, from the root of the repository."""
    found = (ROOT / "stepup_zenodo").rglob("*")
    return sorted(str(path.relative_to(ROOT)) for path in found if is_source(path))


def test_wheel_holds_the_package_and_nothing_else(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        names = sorted(wheel.namelist())

    info = f"{NAME}.dist-info"
    described = ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"]
    expected = [*package_files(), *(f"{info}/{name}" for name in [*described, "top_level.txt"])]
    assert names == sorted(expected)
    assert {"stepup_zenodo/py.typed", "stepup_zenodo/api.py"} < set(names)
    assert [name for name in names if name.startswith("stepup_zenodo/data/")]


def test_source_distribution_holds_what_is_needed_to_build(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}

    assert {"LICENSE", "README.md", "pyproject.toml", *package_files()} - names == set()


def metadata_of(wheel: Path) -> Message:
    """Return the metadata of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return Parser().parsestr(archive.read(f"{NAME}.dist-info/METADATA").decode())


def test_metadata_describe_the_package(distributions: Distributions) -> None:
    metadata = metadata_of(distributions.wheel)

    found = {key: metadata[key] for key in ("Name", "License-Expression", "Requires-Python")}
    assert found == {
        "Name": "stepup-zenodo",
        "License-Expression": "MIT",
        "Requires-Python": ">=3.11",
    }
    assert metadata["Description-Content-Type"] == "text/markdown"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert str(metadata.get_payload()).strip() == readme.strip()


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel with its dependencies into an environment of its own.

    Returns
    -------
    bin_folder
        The folder of the commands.
    """
    made = run([sys.executable, "-m", "venv", folder / "venv"], folder)
    assert made.returncode == 0, made.stderr
    pip = folder / "venv" / "bin" / "pip"
    installed = run([pip, "install", "--quiet", wheel], folder)
    assert installed.returncode == 0, installed.stderr
    return pip.parent


def test_installed_wheel_works(distributions: Distributions, tmp_path: Path) -> None:
    """Where nothing else is installed, both commands run, and types are found."""
    bin_folder = install(distributions.wheel, tmp_path)

    check_help(bin_folder, tmp_path)
    check_offline(bin_folder, tmp_path)
    check_types(bin_folder, tmp_path)


def check_help(bin_folder: Path, folder: Path) -> None:
    """Ask both commands for help."""
    for command in (["stepup-zenodo"], ["stepup", "sync-zenodo"]):
        result = run([bin_folder / command[0], *command[1:], "--help"], folder)

        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith(f"usage: {' '.join(command)} ")


CONFIG = """\
path_token: token.txt
metadata:
  title: An example
  version: "1.0"
  resource_type: dataset
  license: cc-by-4.0
  creators: [{family_name: Lovelace, given_name: Ada}]
path_readme: README.md
paths: data.csv
"""


def check_offline(bin_folder: Path, folder: Path) -> None:
    """Run both commands without configuration, and with one but without token."""
    (folder / "zenodo.yaml").write_text(CONFIG)
    (folder / "README.md").write_text("An *example*.\n")
    (folder / "data.csv").write_text("1\n")
    for command in (["stepup-zenodo", "sync"], ["stepup", "sync-zenodo"]):
        words = [bin_folder / command[0], *command[1:], "--dry-run"]

        missing = run([*words, "missing.yaml"], folder)
        valid = run([*words, "zenodo.yaml"], folder)

        message = "missing.yaml: cannot be read: No such file or directory\n"
        assert (missing.returncode, missing.stdout, missing.stderr) == (2, "", message)
        assert (valid.returncode, valid.stderr) == (0, "")
        assert valid.stdout == (
            "validated only: there is no token, so the server was not asked\n"
            "Set STEPUP_ZENODO_TOKEN, or put a token into token.txt.\n"
        )


def check_types(bin_folder: Path, folder: Path) -> None:
    """Let a type checker see the signature of what `plan.py` calls."""
    (folder / "plan.py").write_text("from stepup_zenodo.api import sync_zenodo\n\nsync_zenodo(1)\n")

    python = bin_folder / "python"
    result = run([sys.executable, "-m", "mypy", "--python-executable", python, "plan.py"], folder)

    expected = 'plan.py:3: error: Argument 1 to "sync_zenodo" has incompatible type "int"'
    assert result.returncode == 1, result.stderr
    assert result.stdout.startswith(expected)
