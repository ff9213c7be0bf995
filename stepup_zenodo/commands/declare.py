"""The planning step of StepUp: read the configuration and add the step that synchronises."""

import argparse
import os
import re

import attrs

from ..archive.contents import rule_words
from ..errors import Invalid
from ..local.patterns import find, has_wildcards, matching
from ..reporting.output import reporting
from ..session.archiving import planned
from ..session.building import due_with_matches
from ..session.opening import opened
from ..session.project import Project
from .archive import declare_archive
from .arguments import options_of, output_of
from .stepoptions import step_options

__all__ = ("run_declare",)


def run_declare(args: argparse.Namespace) -> None:
    """Carry out `stepup sync-zenodo --declare`: add the step that synchronises.

    It runs as a step itself, and has only the configuration as input,
    so that an edit of the configuration does not run `plan.py` again.
    """
    from stepup.core.api import shq, step

    output = output_of(args)
    with reporting(output):
        # What plan.py gives is all there is to be given.
        given = [path for path in map(os.path.normpath, args.files) if _is_name(path)]
        options = attrs.evolve(
            options_of(args),
            exact=True,
            plans=True,
            find=lambda pattern: matching(pattern, given) or find(pattern),
        )
        project = opened(options, output).project
        _refuse_dollars(project)
        due_with_matches(project, given)
        archives = planned(project, options, os.environ)
        for item in archives:
            rules = item.rules
            made_so = rule_words(rules.exclude, rules.prefix, rules.manifest, store=rules.store)
            declare_archive(item.folder, item.target, item.paths, made_so, step_options(args))
    orders = _reserve_others(project)
    words = ["stepup", "sync-zenodo", "--exact"]
    words += ["--inputs"] if project.patterns or archives else []
    words += ["--verbose"] if args.verbose else []
    words += ["--description", shq(args.description)] if args.description else []
    words += ["--", shq([args.config, *args.files])]
    step(
        " ".join(words),
        inp=[args.config, *project.inputs, *orders],
        **step_options(args),
    )


def _reserve_others(project: Project) -> list[str]:
    """Add a step for each record whose DOI is needed, and return their outputs.

    Such a step reserves the DOI only: two records can name each other.
    """
    from stepup.core.api import shq, step

    orders = []
    for file in project.others:
        # In the folder of the plan, as StepUp allows no outputs in folders that are static.
        words = re.sub("[^A-Za-z0-9]+", "-", f"{project.config.file}-{file}").strip("-")
        order = f".zenodo-related-{words}.json"
        command = f"stepup-zenodo doi --if-possible {shq([file, order])}"
        step(command, inp=[file], out=[order])
        orders.append(order)
    return orders


def _is_name(path: str) -> bool:
    return not has_wildcards(path) or os.path.lexists(path)


def _refuse_dollars(project: Project) -> None:
    """StepUp takes a dollar in the name of an input for a variable, and has no escape for it."""
    listed = (*project.patterns, *project.files)
    bad = [(item, path) for item, path in listed if "$" in path]
    if bad:
        raise Invalid(
            tuple(
                project.problem(
                    item,
                    f"{path!r} contains a dollar sign, which StepUp takes for a variable",
                    "rename the file, or run `stepup sync-zenodo` outside of StepUp",
                )
                for item, path in bad
            )
        )
