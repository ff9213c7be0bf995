"""Pages that are followed from top to bottom, on a real server, as somebody would who reads them.

Every command is typed in, and what it prints is compared with the page.
"""

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from .pages import LOCAL, ROOT, SANDBOX, Meanwhile, Reader, blocks, parts
from .rdm_server.fixture import Rdm
from .workspace import Workspace

__all__ = ("FOLLOWED", "Followed")

pytestmark = [pytest.mark.server, pytest.mark.slow]

CONFIG = """\
endpoint: https://sandbox.zenodo.org/api
path_token: ~/.config/sandbox-zenodo-org-token.txt

metadata:
  title: Water Levels at the Example Weir
  version: "1.0.0"
  resource_type: dataset
  publisher: Zenodo
  license: cc-by-4.0
  creators:
    - family_name: Lovelace
      given_name: Ada

path_readme: README.md
paths:
  - levels.csv
"""
"""The record to which the how-to pages go back, about as the quick start leaves it."""


def nothing(reader: Reader) -> None:
    """Begin in an empty folder."""


def files(reader: Reader) -> None:
    """Begin with the files of the quick start, before the first sync."""
    reader.save_token()
    reader.write("zenodo.yaml", CONFIG)
    reader.write("README.md", "The water level at the example weir.\n")
    reader.write("levels.csv", "day,level_m\n2026-03-01,1.24\n2026-03-02,1.31\n")


def sync(reader: Reader) -> None:
    """Synchronise, which is not what the page is about."""
    output = reader.shell("stepup sync-zenodo zenodo.yaml", [])
    assert "\nsynced: draft " in output, output


def synced(reader: Reader) -> None:
    """Begin with the record of the quick start."""
    files(reader)
    sync(reader)


def only_readme(reader: Reader) -> None:
    """Begin with what the page does not show."""
    files(reader)
    (reader.folder / "levels.csv").unlink()


def enter_repository(reader: Reader) -> None:
    """Go to the copy of the repository, whose place the page cannot know."""
    reader.shell(f"cd {ROOT}", [])


def publish_on_web(reader: Reader) -> None:
    """Make a record that this program knows nothing of."""
    synced(reader)
    reader.workspace().publish()
    for path in reader.folder.iterdir():
        path.unlink()


def retitle_on_web(title: str) -> Callable[[Reader], None]:
    """Return what changes the title in the web form."""
    return lambda reader: reader.workspace().edit_on_web(title=title)


BABBAGE = "    - family_name: Babbage\n      given_name: Charles\n"
"""An author in the layout of the configuration."""


def add_author_on_web(family: str, given: str) -> Callable[[Reader], None]:
    """Return what adds an author in the web form."""
    names = {"type": "personal", "family_name": family, "given_name": given}

    def add(reader: Reader) -> None:
        workspace = reader.workspace()
        there = workspace.draft()["metadata"]["creators"]
        workspace.edit_on_web(creators=[*there, {"person_or_org": names}])

    return add


def edit(name: str, old: str, new: str) -> Callable[[Reader], None]:
    """Return what replaces a text in a file, in which it must be."""

    def replace(reader: Reader) -> None:
        path = reader.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return replace


def both(*deeds: Callable[[Reader], None]) -> Callable[[Reader], None]:
    """Return what does one after the other."""

    def do(reader: Reader) -> None:
        for deed in deeds:
            deed(reader)

    return do


def list_file(name: str, size: int) -> Callable[[Reader], None]:
    """Return what lists a file that takes no space on disk, whatever its size."""

    def write(reader: Reader) -> None:
        with (reader.folder / name).open("wb") as file:
            file.truncate(size)
        reader.write("zenodo.yaml", f"{CONFIG}  - {name}\n")

    return write


def take_token_away(reader: Reader) -> None:
    """Let there be no token in the file; commands can have it by a variable."""
    (reader.folder.parent / ".config" / "sandbox-zenodo-org-token.txt").unlink()
    reader.shell(f"export THE_SECRET={reader.rdm.token}", [])


def differ_from_record(reader: Reader) -> None:
    """Let the record be one that an older program left, which knew less of it."""
    reader.save_token()
    sync(reader)
    (reader.folder / ".zenodo-record-id.json").unlink()
    reader.workspace().edit_on_web(title="Levels")
    reader.workspace().upload_on_web("old-levels.csv", b"day,level_m\n")


def published_by_others(version: str, levels: str) -> Callable[[Reader], None]:
    """Return what makes a version of the record of somebody else public."""

    def publish(reader: Reader) -> None:
        folder = reader.folder.parent / "theirs"
        folder.mkdir(exist_ok=True)
        theirs = Workspace(folder, reader.rdm)
        theirs.config["metadata"] |= {"title": TITLE, "version": version}
        theirs.write(levels_csv=f"day,level_m\n{levels}")
        theirs.synced()
        theirs.publish()

    return publish


TITLE = "Water Levels at the Example Weir"
NOT_LISTED = "more-levels.csv"
LEVELS = "2026-03-01,1.24\n2026-03-02,1.31\n"
OTHERS = {
    "somebody-publishes-levels": published_by_others("1.0.0", LEVELS),
    "somebody-publishes-more-levels": published_by_others("1.1.0", f"{LEVELS}2026-03-03,1.28\n"),
}


@attrs.frozen
class Followed:
    """How a page is followed."""

    begin: Callable[[Reader], None]
    """What is there before the first line of the page."""

    others: dict[str, Callable[[Reader], None]] = attrs.field(factory=dict)
    """What happens meanwhile."""

    stands_for: str = SANDBOX
    """The address on the page for which the test server stands."""


FOLLOWED = {
    "README.md": Followed(lambda reader: reader.save_token()),
    "docs/quickstart.md": Followed(nothing),
    "docs/tutorial.md": Followed(
        nothing, {"the-reader-is-in-the-repository": enter_repository}, LOCAL
    ),
    "docs/how-to/adopt.md": Followed(
        nothing, {"a-record-was-published-in-the-web-form": publish_on_web}
    ),
    "docs/how-to/co-authors.md": Followed(
        synced,
        {
            "a-co-author-improves-the-title": retitle_on_web("Daily Levels"),
            "both-add-an-author": both(
                edit("zenodo.yaml", "given_name: Ada\n", f"given_name: Ada\n{BABBAGE}"),
                add_author_on_web("Hopper", "Grace"),
            ),
            "both-change-the-title": both(
                edit("zenodo.yaml", "Daily Levels", "Levels at the Weir"),
                retitle_on_web("Weir Levels"),
            ),
            "a-co-author-adds-a-file": lambda reader: reader.workspace().upload_on_web(
                NOT_LISTED, b"day,level_m\n"
            ),
        },
    ),
    "docs/how-to/community.md": Followed(files),
    "docs/how-to/continuous-integration.md": Followed(
        files, {"the-token-is-away": take_token_away}
    ),
    "docs/how-to/data-release.md": Followed(only_readme),
    "docs/how-to/doi-in-the-paper.md": Followed(files),
    "docs/how-to/large-data.md": Followed(
        synced,
        {
            "a-file-of-60-gb-is-listed": list_file("all.zip", 60 * 10**9),
            "a-file-of-20-mb-is-listed": list_file("all.zip", 20 * 10**6),
        },
    ),
    "docs/how-to/moving-from-stepup-reprep.md": Followed(
        files,
        {
            "the-token-is-away": take_token_away,
            "the-record-has-another-title-and-a-file": differ_from_record,
        },
    ),
    "docs/how-to/preview.md": Followed(synced),
    "docs/how-to/publish.md": Followed(
        synced,
        {
            "you-edit-title-and-levels": both(
                edit("zenodo.yaml", TITLE, "Daily Levels"),
                edit("levels.csv", "1.31\n", "1.31\n2026-03-03,1.28\n"),
            ),
            "you-correct-the-title": edit("zenodo.yaml", "Daily Levels", TITLE),
            "you-fix-a-number": edit("levels.csv", "1.28\n", "1.82\n"),
            "you-raise-the-version": edit("zenodo.yaml", "1.0.0", "1.1.0"),
        },
    ),
    "docs/how-to/use-a-record.md": Followed(nothing, OTHERS),
    "docs/tutorial-inputs.md": Followed(lambda reader: reader.save_token(), OTHERS),
    "docs/how-to/rehearse.md": Followed(files, {"the-configuration-is-for-production": nothing}),
}


@pytest.fixture
def home(tmp_path: Path, fresh_rdm: Rdm, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home folder of somebody who has the same local servers as the tests."""
    monkeypatch.setenv("RDM_SERVER_HOME", str(fresh_rdm.layout.home))
    (tmp_path / "weir").mkdir()
    return tmp_path


@pytest.mark.parametrize("page", FOLLOWED)
def test_page_can_be_followed(page: str, home: Path, fresh_rdm: Rdm) -> None:
    """A reader who writes the files and runs the commands sees what the page says."""
    followed = FOLLOWED[page]
    reader = Reader(home / "weir", fresh_rdm, followed.others, followed.stands_for)
    followed.begin(reader)
    sessions = sum(block.language == "console" for block in blocks(page))

    assert reader.follow(page) >= sessions > 0
    named = {part.name for part in parts(page) if isinstance(part, Meanwhile)}
    assert named == set(followed.others)


@pytest.mark.parametrize(
    ("lost", "status", "reason"),
    [
        (False, 1, "failed: Nothing was changed, because a person must decide:"),
        (True, 0, "(differs from the configuration)"),
    ],
)
def test_an_old_state_conflicts_and_a_lost_one_does_not(
    workspace: Workspace, lost: bool, status: int, reason: str
) -> None:
    """What the page about continuous integration says about runs that forget their state."""
    workspace.write(a_txt="aaa")
    workspace.synced()
    path = workspace.folder / ".zenodo-record-id.json"
    old = path.read_text()
    workspace.config["metadata"]["title"] = "Sent by the first run"
    workspace.synced()
    path.unlink() if lost else path.write_text(old)
    workspace.config["metadata"]["title"] = "Sent by the second run"

    result = workspace.sync()

    assert result.status == status
    assert reason in result.out + result.err
