"""What is distributed: its contents, its version, and that it works where nothing else is."""

import ast
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from email.message import Message
from email.parser import Parser
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[1]
VERSION = "7.8.9"
"""The version in the tag of the repository from which the tests build."""

NAME = f"stepup_zenodo-{VERSION}"
WRITTEN = "stepup_zenodo/_version.py"
"""The file that is written by the build."""

pytestmark = [pytest.mark.slow, pytest.mark.source]


@attrs.frozen
class Distributions:
    """What would be uploaded to a package index."""

    source: Path
    """The repository."""

    wheel: Path
    """The wheel, which was made from the source distribution."""

    sdist: Path
    """The source distribution."""


def run(command: Sequence[object], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would, outside of the repository and without its environment."""
    dropped = ("GIT_", "PYTHON", "SETUPTOOLS_SCM_", "STEPUP_", "VIRTUAL_ENV")
    environ = {name: text for name, text in os.environ.items() if not name.startswith(dropped)}
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def succeed(command: Sequence[object], folder: Path) -> str:
    """Run a command, and return what it prints."""
    result = run(command, folder)
    assert result.returncode == 0, result.stderr + result.stdout
    return result.stdout


def git(folder: Path, *words: object) -> str:
    """Run git as somebody without settings."""
    nobody = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    return succeed(["git", *nobody, *words], folder)


def build(source: Path, made: Path, *options: str) -> None:
    """Build a wheel and a source distribution; with options, only what these name."""
    succeed([sys.executable, "-m", "build", "--no-isolation", *options, "-o", made, source], source)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Build from a repository with a tag, so that building leaves nothing in this one."""
    folder = tmp_path_factory.mktemp("distributions")
    source, made = folder / "source", folder / "made"
    copy_sources(source)
    git(source, "init", "--quiet")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message", "Everything")
    git(source, "tag", f"v{VERSION}")
    build(source, made)
    return Distributions(source, made / f"{NAME}-py3-none-any.whl", made / f"{NAME}.tar.gz")


def copy_sources(target: Path) -> None:
    """Copy the files of the repository that were written by hand or committed."""
    folders = ("docs", "plan_examples", "stepup_zenodo", "tests")
    paths = [path for name in folders for path in (ROOT / name).rglob("*") if is_source(path)]
    paths += [path for path in ROOT.iterdir() if path.is_file() and is_source(path)]
    for path in paths:
        copy = target / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())


def is_source(path: Path) -> bool:
    """Return whether a path is a file that was written by hand or committed."""
    made = path.name in {"_version.py", ".coverage"} or "__pycache__" in path.parts
    return path.is_file() and not made


def package_files() -> list[str]:
    """Return the files of the package, from the root of the repository."""
    found = (ROOT / "stepup_zenodo").rglob("*")
    return sorted(str(path.relative_to(ROOT)) for path in found if is_source(path))


def contents(wheel: Path) -> dict[str, bytes]:
    """Return the contents of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_wheel_holds_the_package_and_nothing_else(distributions: Distributions) -> None:
    names = sorted(contents(distributions.wheel))

    info = f"{NAME}.dist-info"
    described = ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"]
    expected = [f"{info}/{name}" for name in [*described, "top_level.txt"]]
    assert names == sorted([*package_files(), WRITTEN, *expected])
    assert {"stepup_zenodo/py.typed", "stepup_zenodo/api.py"} < set(names)
    assert [name for name in names if name.startswith("stepup_zenodo/data/")]


def test_source_distribution_holds_the_repository(distributions: Distributions) -> None:
    """The tests, the documentation and the examples are in it too."""
    with tarfile.open(distributions.sdist) as archive:
        files = [member.name for member in archive.getmembers() if member.isfile()]

    names = {name.removeprefix(f"{NAME}/") for name in files}
    tracked = set(git(distributions.source, "ls-files").splitlines())
    assert tracked - names == set()
    assert {name for name in names - tracked if ".egg-info/" not in name} == {
        "PKG-INFO",
        "setup.cfg",
        WRITTEN,
    }


def test_wheel_is_the_same_without_the_source_distribution(
    distributions: Distributions, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(distributions.source, source)

    build(source, tmp_path / "made", "--wheel")

    assert contents(tmp_path / "made" / distributions.wheel.name) == contents(distributions.wheel)


def test_version_is_that_of_the_tag(distributions: Distributions) -> None:
    text = contents(distributions.wheel)[WRITTEN].decode()

    assert ast.literal_eval(text.rpartition("= ")[2]) == VERSION
    assert metadata_of(distributions.wheel)["Version"] == VERSION


def test_version_of_an_archive(distributions: Distributions, tmp_path: Path) -> None:
    """What GitHub offers for download has no history, and still the right version."""
    git(distributions.source, "archive", "--output", tmp_path / "archive.tar", "HEAD")
    succeed(["tar", "-xf", "archive.tar"], tmp_path)

    assert succeed([sys.executable, "-m", "setuptools_scm"], tmp_path) == f"{VERSION}\n"


def test_version_without_history(tmp_path: Path) -> None:
    """A copy of the files can be installed, and says that it is not a release."""
    copy_sources(tmp_path)

    assert succeed([sys.executable, "-m", "setuptools_scm"], tmp_path) == "0.1.0.dev0\n"


def test_version_of_a_copy_that_is_not_installed(tmp_path: Path) -> None:
    copy_sources(tmp_path)

    code = "import stepup_zenodo; print(stepup_zenodo.__version__)"
    # Without -S, the version of the repository would be found beside the copy.
    assert succeed([sys.executable, "-S", "-c", code], tmp_path) == "0+unknown\n"


def metadata_of(wheel: Path) -> Message:
    """Return the metadata of a wheel."""
    return Parser().parsestr(contents(wheel)[f"{NAME}.dist-info/METADATA"].decode())


def test_metadata_describe_the_package(distributions: Distributions) -> None:
    metadata = metadata_of(distributions.wheel)

    found = {key: metadata[key] for key in ("Name", "License-Expression", "Requires-Python")}
    assert found == {
        "Name": "stepup-zenodo",
        "License-Expression": "MIT",
        "Requires-Python": ">=3.11",
    }
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert set(metadata.get_all("Classifier", [])) >= {
        f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)
    }
    assert set(metadata.get_all("Provides-Extra", [])) == {"demo", "dev", "docs", "keyring", "test"}
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

        hint = "make one with `stepup-zenodo init`, or name yours"
        message = f"missing.yaml: cannot be read: No such file or directory ({hint})\n"
        assert (missing.returncode, missing.stdout, missing.stderr) == (2, "", message)
        assert (valid.returncode, valid.stderr) == (0, "")
        assert valid.stdout == (
            "validated only: there is no token, so the server was not asked\n"
            "Set STEPUP_ZENODO_TOKEN, or put a token into token.txt. "
            "Make one with the scopes deposit:write and deposit:actions at "
            "https://sandbox.zenodo.org/account/settings/applications/tokens/new/\n"
        )


def check_types(bin_folder: Path, folder: Path) -> None:
    """Let a type checker see the signature of what `plan.py` calls."""
    (folder / "plan.py").write_text("from stepup_zenodo.api import sync_zenodo\n\nsync_zenodo(1)\n")

    python = bin_folder / "python"
    result = run([sys.executable, "-m", "mypy", "--python-executable", python, "plan.py"], folder)

    expected = 'plan.py:3: error: Argument 1 to "sync_zenodo" has incompatible type "int"'
    assert result.returncode == 1, result.stderr
    assert result.stdout.startswith(expected)
