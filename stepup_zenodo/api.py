"""Functions for `plan.py`."""

import os
import shlex
from collections.abc import Iterable
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from stepup.core.api import shq, static, step
from stepup.core.enums import Need
from stepup.core.exceptions import PathError

from .archive.contents import rule_words
from .commands.stepoptions import option_words

if TYPE_CHECKING:
    from stepup.core.stepinfo import StepInfo

__all__ = ("archive", "cite_zenodo", "fetch_zenodo", "sync_zenodo", "zenodo_doi")

StrPath = str | os.PathLike[str]


def sync_zenodo(
    path_config: StrPath,
    paths: Iterable[StrPath] | StrPath = (),
    *,
    path_description: StrPath | None = None,
    verbose: bool = False,
    resources: dict[str, int] | str | None = None,
    duration: float | None = None,
) -> "StepInfo":
    """Keep a Zenodo record equal to local files.

    The configuration, the README and all data files are inputs:
    the record is compared and updated when one of them has changed, and not otherwise.
    Each of them may be built by other steps, the configuration too.
    They must be declared with `static()` or be outputs of steps.

    This adds a small step that reads the configuration and adds the step that does the work.

    Parameters
    ----------
    path_config
        The configuration, in YAML, TOML or JSON.
    paths
        More files for the record, besides those in the configuration.
        Patterns are possible, here and there: `data/*.csv` or `data/**/*.csv`.
        They are matched by static files, and a new one makes the step due.
        Files that other steps make are to be listed here:
        a pattern that matches some of them stands for these only.
    path_description
        README for the description, instead of the one in the configuration.
    verbose
        Whether to list every request in the output of the step.
    resources
        StepUp resources that the step needs, e.g. to let one upload run at a time.
    duration
        Expected duration in seconds, a hint for StepUp's scheduler.

    Returns
    -------
    info
        The small step.
    """
    words = ["stepup sync-zenodo --declare"]
    words += ["--verbose"] if verbose else []
    words += [] if path_description is None else [f"--description {shq(path_description)}"]
    words += map(shlex.quote, option_words(resources, duration))
    words += ["--", shq([path_config, *_listed(paths)])]
    return step(" ".join(words), inp=[path_config], need=Need.PLAN)


def _listed(paths: Iterable[StrPath] | StrPath) -> list[StrPath]:
    return [paths] if isinstance(paths, str | os.PathLike) else list(paths)


def zenodo_doi(
    path_config: StrPath,
    out: Iterable[StrPath] | StrPath,
    *,
    resources: dict[str, int] | str | None = None,
    duration: float | None = None,
) -> "StepInfo":
    """Reserve the DOI of the record and write it into files that documents include.

    The only input is the configuration, not the files of the record.
    So a paper can print the DOI of the record in which it will be deposited:
    the paper is built after this step, and `sync_zenodo` sends it after that.
    When the version in the configuration is raised after a publication,
    this step starts the next version, and the documents get its DOI in the same build.
    Nothing is published.

    Parameters
    ----------
    path_config
        The configuration, in YAML, TOML or JSON.
    out
        The files to be written, whose extensions tell the formats:
        `.txt` (the DOI alone), `.json`, `.tex` and `.typ` (macros and variables),
        `.bib` (an entry), `.cff` (a citation file).
    resources
        StepUp resources that the step needs.
    duration
        Expected duration in seconds, a hint for StepUp's scheduler.

    Returns
    -------
    info
        The step.
    """
    outputs = _listed(out)
    return step(
        f"stepup-zenodo doi -- {shq([path_config, *outputs])}",
        inp=[path_config],
        out=outputs,
        resources=resources,
        duration=duration,
    )


def fetch_zenodo(
    record: str,
    folder: StrPath,
    files: Iterable[str] | str = (),
    *,
    endpoint: str | None = None,
    path_token: StrPath | None = None,
    resources: dict[str, int] | str | None = None,
    duration: float | None = None,
) -> "StepInfo":
    """Fetch files of a public record, always of the same version.

    The files are outputs of a step, so that other steps can have them as inputs.
    The first build finds the version that `record` stands for, and writes a pin beside the folder:
    the version, and the sizes and checksums of its files.
    With the pin under version control, every build on every machine has the same files,
    also when a newer version is published.
    `stepup-zenodo fetch --update` moves the pin.

    This adds a small step that reads the pin, or makes it, and adds the step that fetches.

    Parameters
    ----------
    record
        The DOI, the address or the id of a record.
        A concept DOI, which stands for all versions, means the latest one at the first build.
    folder
        Where the files go. No other record goes there.
    files
        Names or patterns of the files that are wanted, such as `*.csv`, by default all.
    endpoint
        Address of the API of the server, if `record` is no address and the server not Zenodo.
    path_token
        A file with a token, if the record is restricted.
    resources
        StepUp resources that the step needs, e.g. to let one download run at a time.
    duration
        Expected duration in seconds, a hint for StepUp's scheduler.

    Returns
    -------
    info
        The small step.
    """
    words = ["stepup-zenodo fetch --declare"]
    words += [] if endpoint is None else [f"--endpoint {shlex.quote(endpoint)}"]
    words += [] if path_token is None else [f"--path-token {shq(path_token)}"]
    words += map(shlex.quote, option_words(resources, duration))
    patterns = [files] if isinstance(files, str) else list(files)
    words += ["--", shlex.quote(record), shq(folder), *map(shlex.quote, patterns)]
    return step(" ".join(words), need=Need.PLAN)


def cite_zenodo(
    folders: Iterable[StrPath] | StrPath,
    outputs: Iterable[StrPath] | StrPath,
    *,
    resources: dict[str, int] | str | None = None,
    duration: float | None = None,
) -> "StepInfo":
    """Write what documents say about records that were fetched with `fetch_zenodo`.

    The outputs have the DOIs of the versions that were fetched,
    and everything that a bibliography needs.
    They are written again when a pin moves, and no server is asked for them.

    Parameters
    ----------
    folders
        One or more folders that were given to `fetch_zenodo`.
    outputs
        One or more files to be written. The extension tells the format:
        `.bib` has an entry for each record, whose key is `zenodo:` and the record id;
        `.json`, `.tex` and `.typ` have the values by the names of the folders;
        `.cff` has a list `references` for a `CITATION.cff`, and `.txt` the DOIs.
    resources
        StepUp resources that the step needs.
    duration
        Expected duration in seconds, a hint for StepUp's scheduler.

    Returns
    -------
    info
        The step.
    """
    from .local.pins import pin_path  # Most plans do without.

    fetched, targets = _listed(folders), _listed(outputs)
    pins = [pin_path(Path(folder)) for folder in fetched]
    words = ["stepup-zenodo cite", *(f"--to {shq(path)}" for path in targets)]
    command = " ".join([*words, "--", shq(fetched)])
    return step(command, inp=pins, out=targets, resources=resources, duration=duration)


def archive(
    folder: StrPath,
    out: StrPath,
    paths: Iterable[StrPath] | StrPath | None = None,
    *,
    exclude: Iterable[str] | str = (),
    prefix: str | None = None,
    manifest: str | None = None,
    store: bool = False,
    resources: dict[str, int] | str | None = None,
    duration: float | None = None,
) -> "StepInfo":
    """Make a zip file of a folder, with the same bytes for the same files.

    Only names and contents count: a zip file that is made again is not sent again.
    Without `paths`, everything in the folder is archived,
    and the archive is made again when a file is added, removed or changed.
    This declares the folder with `static()`, so it must not hold files that are built,
    nor be declared by another plan.
    With `paths`, exactly these files are archived.
    Each of them is an output of a step or declared with `static()`.

    Parameters
    ----------
    folder
        The folder. Names in the zip file are relative to it.
    out
        The zip file, which is an output of the step.
    paths
        Files in the folder, relative to the current folder, as in other functions of StepUp.
    exclude
        Patterns of what is left out: a name at any depth (`*.log`), or a path from the folder
        (`raw/*.csv`, `raw/**/*.tmp`). A pattern that matches a folder leaves out all of it.
    prefix
        Folder inside the zip file that holds everything, an empty text for none.
        By default, the name of the folder.
    manifest
        Name of a list of checksums to be added, e.g. `SHA256SUMS`.
        After unpacking, `sha256sum --check SHA256SUMS` tells whether all files are intact.
    store
        Whether to store the files without compressing them.
        Compressed by another version of zlib, the same files can become other bytes.
    resources
        StepUp resources that the step needs.
    duration
        Expected duration in seconds, a hint for StepUp's scheduler.

    Returns
    -------
    info
        The step that makes the zip file, or without `paths`, the step that looks for the files.
    """
    patterns = [exclude] if isinstance(exclude, str) else list(exclude)
    words = ["stepup-zenodo", "archive", *rule_words(patterns, prefix, manifest, store=store)]
    if paths is None:
        _declare_tree(os.fspath(folder))
        words += ["--declare", *option_words(resources, duration)]
        return step(f"{shlex.join(words)} -- {shq([folder, out])}", need=Need.PLAN)
    command = f"{shlex.join([*words, '--inputs'])} -- {shq([folder, out])}"
    return step(command, inp=_listed(paths), out=[out], resources=resources, duration=duration)


def _declare_tree(folder: str) -> None:
    """Declare a folder with all that is in it.

    As a static tree, it cannot hold files that are built: StepUp would refuse them here.
    Otherwise those that are not built yet would be missing in an archive, without a word.

    Raises
    ------
    PathError
        When StepUp 4 would take the name for a pattern, which it does not accept for folders.
    """
    if escape(folder) != folder:
        raise PathError(
            f"The name of the folder has a wildcard, as `*`, `?` or `[`: {folder}. "
            "Rename it, or give the files as `paths`."
        )
    static(os.path.join(folder, ""))
