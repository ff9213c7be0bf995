"""Builds with StepUp, run as users run them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from .building import LOCAL
from .workspace import REFUSED, Workspace, checksums, md5, requests_of

pytestmark = pytest.mark.server

BIN = Path(sys.executable).parent
FAILED = 4
"""Bit of the exit status of `stepup build` for failed steps."""

PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import static
from stepup_zenodo.api import sync_zenodo

static("zenodo.yaml", "data/", glob_free="")
sync_zenodo("zenodo.yaml")
""".replace(', glob_free=""', "")


@attrs.frozen
class Build:
    """How a build ended."""

    status: int
    out: str

    def outcomes(self) -> list[str]:
        """Return what became of the steps, e.g. `SUCCESS stepup sync-zenodo -- zenodo.yaml`."""
        pattern = r"^ *(SUCCESS|FAIL|SKIP|DEFERRED) +│ (.*?) *$"
        found = re.findall(pattern, self.out, flags=re.MULTILINE)
        return [f"{outcome} {label}" for outcome, label in found if "plan.py" not in label]


def build(workspace: Workspace, *args: str) -> Build:
    """Run `stepup build` in the folder of a project."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("STEPUP_")}
    environ |= {
        "STEPUP_ZENODO_HOSTS": LOCAL,
        "STEPUP_ZENODO_LIKE_ZENODO": LOCAL,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(workspace.folder / ".cache"),
        "COLUMNS": "200",
        **workspace.environ,
    }
    done = subprocess.run(
        [BIN / "stepup", "build", "-j", "2", "--no-progress", *args],
        cwd=workspace.folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return Build(done.returncode, done.stdout)


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Return a project with a plan and two data files."""
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "1", "STEPUP_ZENODO_SETTLE": "0"}
    workspace.write_file("data/a.txt", "aaa")
    workspace.write_file("data/b.txt", "bbb")
    write_plan(workspace, PLAN)
    workspace.write_config()
    return workspace


def write_plan(workspace: Workspace, text: str) -> None:
    path = workspace.folder / "plan.py"
    path.write_text(text)
    path.chmod(0o755)


DECLARE = "stepup sync-zenodo --declare -- zenodo.yaml"
SYNC = "stepup sync-zenodo --exact -- zenodo.yaml"


@pytest.mark.parametrize("forkserver", ["1", "0"])
def test_build_sync_and_skip(project: Workspace, forkserver: str) -> None:
    project.environ["STEPUP_BUILD_FORKSERVER"] = forkserver

    first = build(project)

    assert first.status == 0, first.out
    assert first.outcomes() == [f"SUCCESS {DECLARE}", f"SUCCESS {SYNC}"]
    assert project.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}
    project.rdm.clear_log()

    second = build(project)

    assert second.status == 0, second.out
    assert second.outcomes() == []
    assert requests_of(project.rdm) == []

    project.write_file("data/b.txt", "BBB")
    (project.folder / "unrelated.txt").write_text("not an input")
    third = build(project)

    assert third.outcomes() == [f"SUCCESS {SYNC}"]
    assert project.content_requests() == ["b.txt"]
    project.rdm.clear_log()
    (project.folder / "unrelated.txt").write_text("changed")
    assert build(project).outcomes() == []
    assert requests_of(project.rdm) == []


WITH_FILES = PLAN.replace(  # one file is known to the plan only
    'sync_zenodo("zenodo.yaml")', 'sync_zenodo("zenodo.yaml", ["data/b.txt"])'
)


def test_files_of_the_plan_count_for_all_commands(project: Workspace) -> None:
    project.config["paths"] = ["data/a.txt"]
    project.write_config()
    write_plan(project, WITH_FILES)
    both = {"a.txt": md5("aaa"), "b.txt": md5("bbb")}

    first = build(project)
    shown = project.run("diff", "zenodo.yaml")
    by_hand = project.run("sync", "zenodo.yaml")

    assert (first.status, shown.status, by_hand.status) == (0, 0, 0), first.out
    assert project.checksums() == both
    write_plan(project, PLAN)
    less = build(project)
    assert less.status == 0, less.out
    assert "delete b.txt: no longer listed" in less.out
    assert project.checksums() == {"a.txt": md5("aaa")}
    write_plan(project, WITH_FILES)
    assert build(project).status == 0
    published = project.run("publish", "--yes", "zenodo.yaml")
    assert published.status == 0, published
    assert checksums(project.published()) == both


def test_two_configurations_do_not_share_a_record(project: Workspace) -> None:
    project.config["metadata"]["title"] = "Other data"
    project.write_config("other.yaml")
    write_plan(
        project,
        PLAN.replace('"zenodo.yaml",', '"zenodo.yaml", "other.yaml",')
        + 'sync_zenodo("other.yaml")\n',
    )

    first = build(project)
    titles = [project.draft()["metadata"]["title"]]
    second = build(project)
    titles += [project.draft()["metadata"]["title"]]

    assert (first.status & FAILED, second.status & FAILED) == (FAILED, FAILED)
    assert "remembers the record of" in first.out
    assert titles[0] == titles[1]
    assert len(project.drafts_of_user()) == 1


def test_a_comment_in_the_plan_does_not_sync_again(project: Workspace) -> None:
    assert build(project).status == 0
    project.rdm.clear_log()
    write_plan(project, PLAN + "# a comment\n")

    assert build(project).status == 0

    assert requests_of(project.rdm) == []


def test_the_command_as_a_step_by_hand(project: Workspace) -> None:
    """The step names only the configuration; the files are amended while it runs."""
    write_plan(
        project,
        """\
#!/usr/bin/env python3
from stepup.core.api import run, static

static("zenodo.yaml", "data/a.txt")
run("stepup sync-zenodo zenodo.yaml", inp="zenodo.yaml")
run("sleep 0.3; printf built > data/b.txt", shell=True, out="data/b.txt")
""",
    )
    (project.folder / "data/b.txt").unlink()

    assert build(project).status == 0

    assert project.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("built")}


def failing_build(project: Workspace, label: str) -> str:
    """Build, expect that one step failed, and return the output."""
    result = build(project)
    assert result.status & FAILED, result.out
    assert f"FAIL {label}" in result.outcomes()
    return result.out


@pytest.mark.parametrize("forkserver", ["1", "0"])
def test_a_server_error_is_a_failed_step(project: Workspace, forkserver: str) -> None:
    project.environ["STEPUP_BUILD_FORKSERVER"] = forkserver
    project.rdm.faults({"path": "/records", "status": 500, "times": 1000})

    out = failing_build(project, SYNC)

    assert "Could not create the draft. The server said: HTTP 500: Injected fault." in out
    failing_build(project, SYNC)
    project.rdm.no_faults()
    project.environ["STEPUP_ZENODO_ATTEMPTS"] = "6"
    assert build(project).outcomes() == [f"SUCCESS {SYNC}"]
    assert len(project.drafts_of_user()) == 1


def test_an_unreachable_server_is_a_failed_step(project: Workspace) -> None:
    project.config["endpoint"] = "http://127.0.0.1:9/api"
    project.write_config()

    out = failing_build(project, SYNC)

    assert (
        "Could not create the draft: the server could not be reached (http://127.0.0.1:9/api)."
        in out
    )
    project.config["endpoint"] = project.rdm.endpoint
    project.write_config()
    assert build(project).status == 0
    assert project.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}


def test_an_invalid_configuration_is_a_failed_step(project: Workspace) -> None:
    project.config["metadata"]["titel"] = "A title"
    project.write_config()

    out = failing_build(project, DECLARE)

    assert 'zenodo.yaml:12:3: metadata: the key "titel" is unknown (did you mean title?)' in out
    failing_build(project, DECLARE)
    del project.config["metadata"]["titel"]
    project.write_config()
    assert build(project).outcomes() == [f"SUCCESS {DECLARE}", f"SUCCESS {SYNC}"]


def test_rejected_metadata_is_a_failed_step(project: Workspace) -> None:
    project.rdm.configure(ZENODO_LIKE_FIELDS=False)
    project.config["custom_fields"] = {"dwc:genus": ["Felis"]}
    project.write_config()

    assert REFUSED in failing_build(project, SYNC)

    failing_build(project, SYNC)


def test_a_token_file_that_appears_makes_the_step_due(project: Workspace) -> None:
    project.config["path_token"] = "token.txt"
    project.write_config()

    first = build(project)
    assert first.status == 0, first.out
    assert "validated only: there is no token, so the server was not asked" in first.out
    assert build(project).outcomes() == []
    assert requests_of(project.rdm) == []

    (project.folder / "token.txt").write_text(project.rdm.token)
    (project.folder / "token.txt").chmod(0o600)
    second = build(project)

    assert second.status == 0, second.out
    assert second.outcomes() == [f"SUCCESS {SYNC}"]
    assert project.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}
    third = build(project)
    assert (third.status, third.outcomes()) == (0, [])


def test_what_was_told_offline_is_due_when_it_is_not(project: Workspace) -> None:
    project.environ["STEPUP_ZENODO_OFFLINE"] = "1"

    first = build(project)
    assert first.status == 0, first.out
    assert "validated only: STEPUP_ZENODO_OFFLINE is set" in first.out
    assert build(project).outcomes() == []
    assert requests_of(project.rdm) == []

    del project.environ["STEPUP_ZENODO_OFFLINE"]
    second = build(project)

    assert second.status == 0, second.out
    assert second.outcomes() == [f"SUCCESS {SYNC}"]
    assert project.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}


def test_a_variable_that_appears_makes_the_step_due(project: Workspace) -> None:
    del project.config["path_token"]
    project.write_config()

    assert "validated only" in build(project).out
    assert build(project).outcomes() == []

    project.environ["STEPUP_ZENODO_TOKEN"] = project.rdm.token
    second = build(project)

    assert second.status == 0, second.out
    assert second.outcomes() == [f"SUCCESS {SYNC}"]
    assert project.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}
    third = build(project)
    assert (third.status, third.outcomes()) == (0, [])
    secret = project.rdm.token.encode()
    assert secret.decode() not in first_to_last(second, third)
    for path in (project.folder / ".stepup").rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes(), path


def first_to_last(*builds: Build) -> str:
    return "\n".join(item.out for item in builds)


def test_a_rendered_configuration_with_a_growing_list(project: Workspace) -> None:
    """The configuration is made by a step that is declared after the call."""
    write_plan(
        project,
        """\
#!/usr/bin/env python3
from stepup.core.api import run, static
from stepup_zenodo.api import sync_zenodo

static("data/", "render.py", "template.yaml", "list.txt")
sync_zenodo("zenodo.yaml")
run("./render.py", inp=["template.yaml", "list.txt"], out="zenodo.yaml")
""",
    )
    render = project.folder / "render.py"
    render.write_text(
        """\
#!/usr/bin/env python3
from pathlib import Path

lines = "".join(f"- data/{name}\\n" for name in Path("list.txt").read_text().split())
Path("zenodo.yaml").write_text(Path("template.yaml").read_text() + "paths:\\n" + lines)
"""
    )
    render.chmod(0o755)
    del project.config["paths"]
    project.write_config("template.yaml")
    (project.folder / "zenodo.yaml").unlink()
    (project.folder / "list.txt").write_text("a.txt\n")

    first = build(project)
    assert first.status == 0, first.out
    assert project.checksums() == {"a.txt": md5("aaa")}
    assert first.outcomes().count(f"SUCCESS {SYNC}") == 1

    (project.folder / "list.txt").write_text("a.txt\nb.txt\n")
    second = build(project)

    assert second.status == 0, second.out
    assert project.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}
    assert second.outcomes().count(f"SUCCESS {SYNC}") == 1


GROWING = """\
#!/usr/bin/env python3
from pathlib import Path
from stepup.core.api import amend, run, static
from stepup_zenodo.api import sync_zenodo

static("zenodo.yaml", "data/", "years.txt")
amend(inp="years.txt")
tables = [f"out/{year}/of{year}.json" for year in Path("years.txt").read_text().split()]
run(
    "for y in $(cat years.txt); do mkdir -p out/$y; echo $y > out/$y/of$y.json; done",
    inp="years.txt",
    out=tables,
    shell=True,
)
sync_zenodo("zenodo.yaml", tables)
"""


def test_patterns_follow_folders_that_grow(project: Workspace) -> None:
    """A new file is one sync: a static one, one that a step makes, and one found by hand."""
    years = project.folder / "years.txt"
    years.write_text("2025\n")
    write_plan(project, GROWING)
    project.config["paths"] = ["data/*.txt", "out/**/*.json"]
    project.write_config()

    def synced() -> tuple[int, dict[str, str]]:
        project.rdm.clear_log()
        built = build(project)
        assert built.status == 0, built.out
        number = [
            line.startswith("SUCCESS stepup sync-zenodo --exact") for line in built.outcomes()
        ]
        return sum(number), project.checksums()

    files = {"a.txt": md5("aaa"), "b.txt": md5("bbb"), "of2025.json": md5("2025\n")}
    assert synced() == (1, files)
    (project.folder / "data" / "c.txt").write_text("ccc")
    (project.folder / "data" / ".c.txt").write_text("hidden")
    files["c.txt"] = md5("ccc")
    assert synced() == (1, files)
    assert project.content_requests() == ["c.txt"]
    years.write_text("2025\n2026\n")
    files["of2026.json"] = md5("2026\n")
    assert synced() == (1, files)
    assert project.content_requests() == ["of2026.json"]
    years.write_text("2026\n")
    (project.folder / "data" / "a.txt").unlink()
    del files["of2025.json"], files["a.txt"]
    assert synced() == (1, files)
    assert synced() == (0, files)
    (project.folder / "data" / "d.txt").write_text("ddd")
    by_hand = project.run("sync", "zenodo.yaml")
    assert by_hand.status == 0, by_hand
    assert project.checksums() == {**files, "d.txt": md5("ddd")}
    assert project.content_requests() == ["d.txt"]


def test_patterns_and_files_that_the_plan_does_not_give(project: Workspace) -> None:
    """The step says what to do, and doing it is enough."""
    (project.folder / "years.txt").write_text("2025\n")
    project.config["paths"] = ["data/*.txt", "out/**/*.json"]
    project.write_config()
    write_plan(project, GROWING.replace(", tables)", ")"))

    # Whether the file is there already when the pattern is looked at is a race.
    for failed in (build(project), build(project)):
        assert failed.status & FAILED
        assert "paths[1]: " in failed.out
        assert "files that steps make" in failed.out
        assert "in plan.py: sync_zenodo(config, files)" in failed.out
    write_plan(project, GROWING)
    assert build(project).status == 0
    assert sorted(project.checksums()) == ["a.txt", "b.txt", "of2025.json"]


def test_a_configuration_in_a_subfolder_with_files_above_it(project: Workspace) -> None:
    (project.folder / "pub").mkdir()
    project.config["paths"] = ["../data/a.txt", "../data/b [cold].txt"]
    (project.folder / "data/b [cold].txt").write_text("cold")
    (project.folder / "zenodo.yaml").unlink()
    project.write_config("pub/zenodo.yaml")
    write_plan(
        project,
        PLAN.replace('"zenodo.yaml", "data/"', '"pub/zenodo.yaml", "data/"').replace(
            'sync_zenodo("zenodo.yaml")', 'sync_zenodo("pub/zenodo.yaml", resources="zenodo")'
        ),
    )

    result = build(project, "-r", "zenodo:1")

    assert result.status == 0, result.out
    record_id = (project.folder / "pub/.zenodo-record-id.txt").read_text().strip()
    entries = project.rdm.get(f"/records/{record_id}/draft")["files"]["entries"]
    assert sorted(entries) == ["a.txt", "b [cold].txt"]
