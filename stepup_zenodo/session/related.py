"""Find the DOIs of works that a configuration relates to as inputs or records of the project."""

import errno
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from ..config.configuration import Config
from ..config.fields import VERSION
from ..config.related import Related, RelatedSource
from ..errors import Invalid, Problem, Refused
from ..jsontypes import Json
from ..local.environment import is_told_offline
from ..local.pins import load_pin, pin_path
from ..local.state import EndpointState, load
from .options import Options
from .project import Project, load_project

__all__ = ("is_other_version", "pins_of", "records_of", "resolved", "with_related")


def pins_of(project: Project) -> Iterator[tuple[RelatedSource, Path]]:
    """Yield the inputs to which a configuration relates, with their pins."""
    for item in _sources(project):
        if item.input is not None:
            yield item, pin_path(Path(project.path(item.input)))


def records_of(project: Project) -> Iterator[tuple[RelatedSource, str]]:
    """Yield the records of the project to which a configuration relates, with their files."""
    for item in _sources(project):
        if item.record is not None:
            yield item, project.path(item.record)


def _sources(project: Project) -> Iterator[RelatedSource]:
    for item in project.config.metadata.related or ():
        if isinstance(item, RelatedSource):
            yield item


def is_other_version(state: EndpointState, wanted: Json) -> bool:
    """Return whether the DOI that is remembered is that of another version than a wanted one."""
    last = state.base.fields.get(VERSION)
    return bool(wanted) and last is not None and last.sent != wanted


def with_related(project: Project, options: Options, environ: Mapping[str, str]) -> Project:
    """Return a project that relates to all works by their DOIs.

    Those without a DOI are left out where the record is not going to be compared with the server:
    by planning steps, by commands that are not about its content, and without a token.

    Raises
    ------
    Invalid
        When there is none although it is needed, or a file cannot be used.
    """
    sources = [*_sources(project)]
    if not sources:
        return project
    problems: list[Problem] = []
    search = _Search(project, options)
    for item, path in pins_of(project):
        problems += search.pinned(item, path)
    for item, file in records_of(project):
        problems += search.reserved(item, file)
    lenient = options.plans or not options.takes_files
    if lenient:
        problems = [problem for problem in problems if not isinstance(problem, _Lacking)]
    notes: tuple[str, ...] = ()
    lacking = [problem for problem in problems if isinstance(problem, _Lacking)]
    if lacking and len(lacking) == len(problems) and _is_silent(project, options, environ):
        notes = tuple(f"{item.where} is left out, as {item.message}" for item in lacking)
        problems = []
    if problems:
        raise Invalid(tuple(problems))
    return attrs.evolve(
        project,
        config=resolved(project.config, search.dois),
        dois=search.dois,
        used=tuple(str(path) for _, path in pins_of(project)),
        others=tuple(dict.fromkeys(file for _, file in records_of(project))),
        notes=notes,
        doubts=tuple(search.doubts),
    )


@attrs.frozen
class _Lacking(Problem):
    """A work that has no DOI yet."""


def _is_silent(project: Project, options: Options, environ: Mapping[str, str]) -> bool:
    return options.offline or is_told_offline(environ) or project.token(environ) is None


def resolved(config: Config, dois: Mapping[RelatedSource, str]) -> Config:
    """Return a configuration that relates to works by their DOIs, and leaves out those without."""
    found = tuple(_works(config, dois))
    return attrs.evolve(config, metadata=attrs.evolve(config.metadata, related=found))


def _works(config: Config, dois: Mapping[RelatedSource, str]) -> Iterator[Related]:
    """Yield the related works with DOIs, each once."""
    seen = set()
    for item in config.metadata.related or ():
        if isinstance(item, RelatedSource):
            doi = dois.get(item)
            if doi is None:
                continue
            work = Related(doi, item.relation_type, "doi", item.resource_type)
        else:
            work = item
        if (known := (work.identifier, work.relation_type)) not in seen:
            seen.add(known)
            yield work


@attrs.frozen
class _Search:
    """Looks for DOIs in pins, and in what is remembered of other records."""

    project: Project
    """The configuration."""

    options: Options
    """What the user asked for."""

    dois: dict[RelatedSource, str] = attrs.field(factory=dict)
    """What was found."""

    doubts: list[Problem] = attrs.field(factory=list)
    """What a person should think about before the record becomes public."""

    def pinned(self, item: RelatedSource, path: Path) -> Iterator[Problem]:
        """Look into a pin, and yield what is wrong with it."""
        try:
            pin = load_pin(path)
        except Refused as exc:
            yield Problem(exc.message, item.where, item.place)
            return
        if pin is None:
            message = f'"{item.input}" was not fetched: there is no {path}'
            hint = "fetch it with `stepup-zenodo fetch`, or in plan.py with fetch_zenodo"
            yield _Lacking(message, item.where, item.place, hint)
        elif not pin.doi:
            message = f'"{item.input}" has no DOI'
            yield Problem(message, item.where, item.place, "relate to it by its address")
        else:
            self.dois[item] = pin.doi

    def reserved(self, item: RelatedSource, file: str) -> Iterator[Problem]:
        """Look for what is remembered of another record, and yield what is wrong with it."""
        if not os.path.exists(file):
            yield Problem(
                f"{file} cannot be read: {os.strerror(errno.ENOENT)}", item.where, item.place
            )
            return
        try:
            other = load_project(Options(file, endpoint=self.options.endpoint))
            if other.endpoint != self.project.endpoint:
                message = (
                    f"{file} is about a record on {other.endpoint}, not {self.project.endpoint}"
                )
                hint = "use one endpoint for both"
                yield Problem(message, item.where, item.place, hint)
                return
            memory = load(other.path_record_id)
            here = memory.elsewhere if other.rehearsal else memory.at
            state = here(other.endpoint)
        except Invalid as exc:
            yield from exc.problems
            return
        except Refused as exc:
            yield Problem(exc.message, item.where, item.place)
            return
        shown = os.path.relpath(file)
        if state.doi and not is_other_version(state, other.config.metadata.version):
            self.dois[item] = state.doi
            if state.record not in state.published.values():
                message = f"the DOI {state.doi} leads nowhere until the record of {shown} is public"
                self.doubts.append(Problem(message, item.where, item.place, "publish that as well"))
            return
        hint = f"reserve it with `stepup-zenodo doi {shown}`"
        yield _Lacking(f"{shown} has no DOI yet", item.where, item.place, hint)
