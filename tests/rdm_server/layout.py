"""Which servers there are, and where they keep their files: one installation for all of them.

```
HOME/venv-DIGEST                the Python packages of the server, by the digest of their list
HOME/servers/template-DIGEST    what servers are copied from, by the digest of its recipe
HOME/servers/NAME               a server: data, run, logs, tokens, instance, ports.json
```

Checkouts with other packages or another recipe have a folder each, and do not disturb each other.
"""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

__all__ = ("APP", "HERE", "KINDS", "TEMPLATE", "ZENODO", "Failure", "Kind", "Layout")

HERE = Path(__file__).resolve().parent
APP = HERE / "app"
TEMPLATE = "template-"

# A unix socket's path has at most 107 bytes on Linux and 103 on macOS.
# The longest name that is put in the run directory is `.s.PGSQL.5432.lock`.
_LONGEST_RUN = 103 - len("/.s.PGSQL.5432")


class Failure(Exception):
    """An error that is reported without traceback."""


@dataclass(frozen=True)
class Kind:
    """What a server runs and how it is configured."""

    look: str
    """`zenodo` for the settings of Zenodo, `plain` for those that InvenioRDM comes with."""

    release: str
    """The version of InvenioRDM."""

    def __str__(self) -> str:
        return f"{self.look}-{self.release}"

    @property
    def lock(self) -> Path:
        """The list of Python packages."""
        return HERE / "requirements" / f"{self.release}.lock"

    @property
    def settings(self) -> Path:
        """The settings of InvenioRDM."""
        return APP / f"{self.look}.cfg"


RELEASES = "13.1.2", "14.0.5", "15.0.0b3", "15.0.0b6"
"""The versions of InvenioRDM that can be installed, the oldest one first."""

KINDS = {
    str(kind): kind for kind in (Kind(*pair) for pair in product(("zenodo", "plain"), RELEASES))
}
"""All servers that can be made, by name."""

ZENODO = KINDS["zenodo-15.0.0b3"]
"""The one that is most like Zenodo."""


@dataclass(frozen=True)
class Layout:
    """The paths of one server.

    Parameters
    ----------
    home
        The folder of the installation, as an absolute path.
    name
        The name of the server below the installation.
    kind
        What is run.
    """

    home: Path
    name: str = "main"
    kind: Kind = ZENODO

    @classmethod
    def default(cls, name: str = "main", kind: Kind = ZENODO) -> "Layout":
        """Return the layout below `RDM_SERVER_HOME`, by default in the user's cache folder.

        Servers of another kind than the usual one have it in the name of their folder.
        """
        cache = os.getenv("XDG_CACHE_HOME") or "~/.cache"
        home = os.getenv("RDM_SERVER_HOME") or f"{cache}/stepup-zenodo/rdm-server"
        folder = name if kind == ZENODO else f"{kind}-{name}"
        return cls(Path(home).expanduser().absolute(), folder, kind)

    @property
    def called(self) -> str:
        """The name by which `default` finds it."""
        return self.name if self.kind == ZENODO else self.name.removeprefix(f"{self.kind}-")

    @property
    def venv(self) -> Path:
        """The virtual environment. Servers that still run keep theirs when the packages change."""
        digest = hashlib.sha256(self.kind.lock.read_bytes()).hexdigest()[:8]
        return self.home / f"venv-{digest}"

    @property
    def python(self) -> Path:
        return self.venv / "bin/python"

    @property
    def complete(self) -> Path:
        """The file that a template has when it is complete. Its time tells the last use."""
        return self.root / "complete"

    @property
    def root(self) -> Path:
        return self.home / "servers" / self.name

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def cluster(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.data / "pg"

    @property
    def files(self) -> Path:
        """Where InvenioRDM stores uploaded files."""
        return self.data / "files"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def tokens(self) -> Path:
        return self.root / "tokens"

    @property
    def instance(self) -> Path:
        """The instance folder of InvenioRDM, which holds a link to its configuration."""
        return self.root / "instance"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def run(self) -> Path:
        """The folder of sockets and process identifiers, elsewhere if the root is too long."""
        path = self.root / "run"
        if len(os.fsencode(path)) <= _LONGEST_RUN:
            return path
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"rdm-{os.getuid()}-{digest}"

    def sibling(self, name: str) -> "Layout":
        """Return the layout of another server of the same installation."""
        return Layout(self.home, name, self.kind)

    def make_folders(self) -> None:
        """Create the folders that every command needs, readable by nobody else."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.logs.mkdir(parents=True, exist_ok=True)
        if len(os.fsencode(self.run)) > _LONGEST_RUN:
            raise Failure(f"the path of the temporary folder is too long: {self.run}")
        self.run.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = self.run.lstat()
        # A folder of that name in a shared temporary folder can be somebody else's.
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise Failure(f"{self.run} is not a folder of this user: remove it")
