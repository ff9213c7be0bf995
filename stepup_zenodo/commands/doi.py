"""The command `doi`: reserve the DOI before the files exist, and write it where they need it."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from ..config.configuration import Config
from ..config.fields import DESCRIPTIONS, PREVIEW, VERSION, Normal, sent_fields
from ..config.works import ChangelogNotes
from ..deposit.reserve import reserve
from ..errors import Invalid, Refused, Unavailable
from ..jsontypes import Json
from ..local.state import EndpointState
from ..local.storage import write_or_refuse
from ..record.desired import Desired, draft_defaults
from ..record.observed import Record
from ..release.citation import Citation, citation_of
from ..release.doi import (
    SUFFIXES,
    concept_words,
    is_rendered,
    output_problems,
    rendered,
)
from ..reporting.output import Output, reporting
from ..session.building import due_with_record, due_with_token
from ..session.checking import check_ids
from ..session.opening import Opened, opened
from ..session.options import Target
from ..session.project import Project
from ..session.related import is_other_version
from ..sync.journal import utc_now
from ..terms.forms import doi_beside
from .arguments import add_output_arguments, add_record_arguments, options_of, output_of

__all__ = ("add_commands", "run_doi")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "reserve the DOI and write it into files that documents include"
    parser = commands.add_parser(
        "doi",
        help=summary,
        description="Reserve the DOI and write it into files that documents include. "
        "The draft is created, or the next version started, if that was not done before. "
        "Files of the record are neither needed nor sent.",
    )
    add_record_arguments(parser)
    parser.add_argument(
        "outputs",
        metavar="OUT",
        nargs="*",
        help=f"a file to be written; its extension tells the format: {', '.join(SUFFIXES)}",
    )
    parser.add_argument("--if-possible", action="store_true", help=argparse.SUPPRESS)
    add_output_arguments(parser)
    parser.set_defaults(run=run_doi)


def run_doi(args: argparse.Namespace) -> None:
    """Carry out `doi`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration or the name of an output is not usable.
    """
    output = output_of(args)
    with reporting(output):
        problems = output_problems(args.outputs)
        if problems:
            raise Invalid(problems)
        record = opened(options_of(args, targets=tuple(map(_target, args.outputs))), output)
        project = record.project
        desired = _desired_fields(project)
        silence = record.silence
        if silence is not None:
            if project.doubtful:
                raise Invalid(project.doubtful)
            due_with_token(project)
            reason = Refused(f"No DOI can be reserved, as {silence.reason}. {silence.remedy}")
            placeholder = "" if args.if_possible else project.config.doi_placeholder
            _without_server(args.outputs, record, desired, reason, placeholder)
            return
        try:
            citation = _reserve(record, desired)
        except Unavailable as exc:
            _without_server(args.outputs, record, desired, exc, project.config.doi_placeholder)
            return
        _write(args.outputs, output, citation)
        _tell(output, citation)


def _target(path: str) -> Target:
    def is_ours(data: bytes, config: Config) -> bool:
        return is_rendered(path, data, config.doi_placeholder)

    return Target(path, path, is_ours)


def _desired_fields(project: Project) -> Desired:
    """Return what the configuration alone says.

    README and changelog are not read:
    they may be built after the DOI is known, and the sync sends them.
    """
    config = project.config
    later = isinstance(config.metadata.notes, ChangelogNotes)
    unread = {PREVIEW, *([DESCRIPTIONS] if later else [])}
    sent = sent_fields(config, notes_html="" if later else None)
    fields = Normal.of({name: value for name, value in sent.items() if name not in unread})
    return Desired(fields, {}, draft_defaults(config, utc_now().date()), config, lists_files=False)


def _reserve(opened: Opened, desired: Desired) -> Citation:
    with opened.alone() as now:
        if now is not opened:
            desired = _desired_fields(now.project)
        check_ids(now, desired)
        record = reserve(now, desired)
    return _citation(now.project, {**record.fields, **desired.fields}, record)


def _citation(
    project: Project, fields: Mapping[str, Json], record: Record | EndpointState
) -> Citation:
    record_id = record.id if isinstance(record, Record) else record.record
    has_concept, concept = _has_concept(record), record.concept_doi
    if has_concept and not concept and project.config.repository.concept_follows:
        concept = doi_beside(record.doi, record_id, record.parent)
    return citation_of(
        fields,
        record.doi,
        concept_doi=concept,
        concept_leads=bool(record.concept_doi),
        has_concept=has_concept,
        record=record_id,
        url=f"{project.endpoint.removesuffix('/api')}/records/{record_id}",
    )


def _has_concept(record: Record | EndpointState) -> bool:
    """Return whether there is or will be a concept DOI."""
    if isinstance(record, Record):
        return bool(record.concept_doi) or not (record.is_published or record.doi_is_foreign)
    return bool(record.concept_doi) or record.record not in record.published.values()


def _write(paths: list[str], output: Output, citation: Citation) -> None:
    """Write the outputs that are not up to date."""
    for path in paths:
        text = rendered(path, citation)
        try:
            same = Path(path).read_bytes() == text.encode()
        except OSError:
            same = False
        if not same:
            write_or_refuse(Path(path), text)
        output.say([f"{path}: {'unchanged' if same else 'written'}"], indent="  ")


def _tell(output: Output, citation: Citation) -> None:
    if output.json:
        output.give(
            {
                "doi": citation.doi,
                "concept_doi": citation.concept_doi or None,
                "version": citation.version or None,
                "record": citation.record or None,
                "url": citation.url or None,
            }
        )
        return
    concept = concept_words(
        citation.concept_doi, leads=citation.concept_leads, has_concept=citation.has_concept
    )
    output.say([f"DOI {citation.doi}", f"concept DOI {concept}"])


def _without_server(
    paths: list[str],
    opened: Opened,
    desired: Desired,
    reason: Refused | Unavailable,
    placeholder: str | None,
) -> None:
    """Do what can be done when there is no token or the server does not answer.

    Raises
    ------
    Refused, Unavailable
        The reason, when the outputs would be missing or wrong.
    """
    state, project, output = opened.state, opened.project, opened.output
    other = is_other_version(state, desired.fields.get(VERSION))
    if state.doi and not other:
        _from_state(paths, output, project, desired, state)
        output.warn([f"The server was not asked, the DOI is the known one. {reason.message}"])
        return
    if paths and all(Path(path).exists() for path in paths):
        if other and isinstance(reason, Unavailable):
            # Going on would put the DOI of another version into the documents for good.
            raise reason
        output.warn([f"The outputs are kept as they are, unchecked. {reason.message}"])
        return
    if not paths or placeholder is None:
        raise _without_placeholder(reason) if paths else reason
    due_with_record(project)
    _write(paths, output, citation_of(desired.fields, placeholder))
    if placeholder:
        output.warn([f"The outputs hold the placeholder {placeholder}. {reason.message}"])
    else:
        output.warn([f"The outputs hold no DOI yet. {reason.message}"])


def _without_placeholder(reason: Refused | Unavailable) -> Refused | Unavailable:
    """Return the reason; for a server out of reach, with what would let a build go on."""
    if isinstance(reason, Refused):
        return reason
    more = "Without the server, this step needs the key doi_placeholder."
    return Unavailable(f"{reason.message} {more}")


def _from_state(
    paths: list[str], output: Output, project: Project, desired: Desired, state: EndpointState
) -> None:
    """Write the outputs that lack the DOI that is remembered, and leave the others alone."""
    fields = {**{name: field.kept for name, field in state.base.fields.items()}, **desired.fields}
    citation = _citation(project, fields, state)
    stale = [path for path in paths if not _holds(Path(path), state.doi)]
    _write(stale, output, citation)
    _tell(output, citation)


def _holds(path: Path, doi: str) -> bool:
    try:
        return doi.encode() in path.read_bytes()
    except OSError:
        return False
