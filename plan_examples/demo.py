#!/usr/bin/env python3
"""Build the example `paper` with a local InvenioRDM in the place of Zenodo, and show the record.

No account is needed, and nothing leaves this machine.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "plan_examples" / "paper"
LAUNCHER = ROOT / "tests" / "rdm_server" / "server.py"
TOKEN = "local-token.txt"
RECORD_ID = ".zenodo-record-id.txt"


def main() -> None:
    """Run a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=["build", "stop", "clean"])
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo" / "paper", metavar="FOLDER")
    parser.add_argument("--server", default="demo", metavar="NAME", help="name of the local server")
    args = parser.parse_args()
    # What follows is mixed with the output of other programs.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if args.command == "build":
        demonstrate(args.folder, args.server)
    elif args.command == "stop":
        launch(args.server, "stop")
        print(f"The local server {args.server} is stopped; it keeps its records.")
    else:
        shutil.rmtree(args.folder, ignore_errors=True)
        print(f"{shown(args.folder)} is removed.")


def demonstrate(folder: Path, server: str) -> None:
    """Carry out all parts of the demonstration."""
    heading("Start a local InvenioRDM, the software behind Zenodo")
    print("The first time, its packages are installed, which takes a few minutes.")
    variables = launch(server, "start")
    endpoint, token_file = variables["RDM_ENDPOINT"], Path(variables["RDM_TOKEN_FILE"])
    print(f"It listens to {endpoint}.")

    heading("Prepare the project")
    prepare(folder, endpoint, token_file)
    refuse_lost_record(folder, endpoint, token_file)

    observe("DELETE", f"{endpoint.removesuffix('/api')}/_log")
    heading("Build it, and so make the record on the server equal to the files")
    run(folder, "stepup", "build", "--no-progress")
    heading("Synchronise once more, by hand, to see that both sides are equal")
    run(folder, "stepup", "sync-zenodo", "zenodo.yaml")
    heading("What the server received, from its access log")
    show_requests(endpoint)
    heading("The record on the server")
    show_record(folder, endpoint, token_file)
    heading("The same as a page, as readers would see it")
    run(folder, "stepup-zenodo", "preview", "zenodo.yaml")
    print(f"Open it in your browser: {shown(folder)}/zenodo.preview.html")
    show_next(folder)


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n== {text}")


def launch(server: str, command: str) -> dict[str, str]:
    """Start or stop the local server and return the settings for its clients."""
    words = [sys.executable, str(LAUNCHER), "--name", server, command]
    result = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"demo: the local server cannot {command}, see above")
    assigned = (word for word in shlex.split(result.stdout) if "=" in word)
    return dict(word.split("=", 1) for word in assigned)


def prepare(folder: Path, endpoint: str, token_file: Path) -> None:
    """Copy the example, unless it is there, and let its configuration point to the server."""
    if folder.exists():
        print(f"{shown(folder)} is there already, and is built again with all that you changed.")
    else:
        made = shutil.ignore_patterns(".stepup", f"{Path(RECORD_ID).stem}*", "__pycache__")
        shutil.copytree(EXAMPLE, folder, ignore=made)
        print(f"{shown(folder)} is a copy of {shown(EXAMPLE)}.")
    path = folder / "zenodo.yaml"
    before = path.read_text(encoding="utf-8")
    # A token that lies elsewhere would not be sent to a port of this machine.
    if token_file.exists():
        token = folder / TOKEN
        token.touch(mode=0o600)
        token.write_text(token_file.read_text(encoding="utf-8"), encoding="utf-8")
    after = pointed_at(before, endpoint, Path(TOKEN))
    if after != before:
        path.write_text(after, encoding="utf-8")
        print("In its zenodo.yaml, endpoint and path_token are those of the local server.")


def pointed_at(config: str, endpoint: str, token_file: Path) -> str:
    """Return the text of a configuration with another server."""
    values = {"endpoint": endpoint, "path_token": json.dumps(str(token_file))}
    lines = config.splitlines(keepends=True)
    for key, value in values.items():
        found = [i for i, line in enumerate(lines) if line.startswith(f"{key}:")]
        if len(found) != 1:
            sys.exit(f"demo: expected one line with {key} in zenodo.yaml, found {len(found)}")
        lines[found[0]] = f"{key}: {value}\n"
    return "".join(lines)


def refuse_lost_record(folder: Path, endpoint: str, token_file: Path) -> None:
    """Stop when the record is gone, because the server was installed again."""
    path = folder / RECORD_ID
    if path.exists() and fetch_draft(path, endpoint, token_file) is None:
        sys.exit(
            f"demo: the local server does not have the record of {shown(folder)} any more: "
            "run `make demo-clean`, then `make demo`"
        )


def run(folder: Path, *command: str) -> None:
    """Run a command in the project, as a user of the virtual environment would."""
    print(f"$ {shlex.join(command)}")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("STEPUP_")}
    environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environ["PATH"]])
    status = subprocess.run(command, cwd=folder, env=environ, check=False).returncode
    if status != 0:
        sys.exit(f"demo: `{shlex.join(command)}` failed with exit status {status}, see above")


def observe(method: str, url: str, token_file: Path | None = None) -> Any:
    """Return the JSON of an answer of the server; the request does not enter the access log."""
    headers = {"X-Observer": "demo", "Accept": "application/vnd.inveniordm.v1+json"}
    if token_file is not None:
        headers["Authorization"] = f"Bearer {token_file.read_text().strip()}"
    request = urllib.request.Request(url, method=method, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as response:
        return json.load(response)


def fetch_draft(path_record_id: Path, endpoint: str, token_file: Path) -> Any:
    """Return the draft, `None` if there is none."""
    record_id = path_record_id.read_text().strip()
    try:
        return observe("GET", f"{endpoint}/records/{record_id}/draft", token_file)
    except urllib.error.HTTPError as exc:
        if exc.code != 404:
            raise
        return None


def show_requests(endpoint: str) -> None:
    """Print what arrived at the server, from its access log."""
    requests = observe("GET", f"{endpoint.removesuffix('/api')}/_log")
    writes = [request for request in requests if request["method"] != "GET"]
    for request in writes:
        print(f"{request['method']:6} {request['path']}  {request['received']} bytes")
    print(f"{len(writes)} requests that write, {len(requests) - len(writes)} that read.")


def show_record(folder: Path, endpoint: str, token_file: Path) -> None:
    """Print what the server says about the record."""
    draft = fetch_draft(folder / RECORD_ID, endpoint, token_file)
    metadata = draft["metadata"]
    print(f"{metadata['title']}, version {metadata['version']}")
    print("; ".join(creator["person_or_org"]["name"] for creator in metadata["creators"]))
    for key, entry in sorted(draft["files"]["entries"].items()):
        print(f"  {key:16} {entry['size']:7} bytes  {entry['checksum']}")
    address = f"{endpoint}/records/{draft['id']}/draft"
    print(f"\nIts address is {address}")
    print("This shows everything that the server knows:")
    print(f'curl -H "Authorization: Bearer $(cat {shlex.quote(str(token_file))})" \\')
    print(f"  {address} | python3 -m json.tool")


def show_next(folder: Path) -> None:
    """Print what can be tried now."""
    heading("Try the following")
    print(
        f"Run `make demo` again: no step runs, and nothing is written to the server.\n"
        f"Edit {shown(folder)}/data/columns.csv, and run it again: one file is sent.\n"
        f"Edit {shown(folder)}/data/parameters.csv: data, figure and paper are built again,\n"
        "and those files are sent that came out different.\n"
        f"Edit {shown(folder)}/notes.txt: the record does not depend on it.\n"
        "`make demo-stop` stops the server, `make demo-clean` removes the project."
    )


def shown(path: Path) -> str:
    """Return a path as seen from the current folder."""
    return os.path.relpath(path)


if __name__ == "__main__":
    main()
