"""Walk by command: `python -m tests.walk --seed 7 --steps 100`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from ..rdm_server.fixture import server_of_own
from .walker import EPISODE, Violation, episode, walk


def main() -> None:
    """Walk, and print the figures, or how a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.walk", description=__doc__)
    parser.add_argument("--seed", default="1", help="of a walk, e.g. 7, or of an episode, e.g. 7.3")
    parser.add_argument("--steps", type=int, default=100)
    args = parser.parse_args()
    os.environ["RDM_SERVER_KEEP"] = "yes"
    with server_of_own() as rdm:
        try:
            if "." in args.seed:
                with tempfile.TemporaryDirectory() as folder:
                    figures = episode(rdm, Path(folder), args.seed, min(args.steps, EPISODE))
            else:
                figures = walk(rdm, args.seed, args.steps, _say)
        except Violation as exc:
            sys.exit(str(exc))
    _say(str(figures))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
