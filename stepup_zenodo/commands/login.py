"""The commands `login` and `logout`: a token in the keyring instead of a file."""

import argparse
import getpass
import sys

from ..config.endpoints import SANDBOX, checked_endpoint
from ..errors import Refused
from ..local.keystore import forget_token, store_token
from ..local.token import checked
from ..remote.client import Client
from ..remote.protocol import user_drafts
from ..reporting.output import Output, reporting
from .arguments import add_output_arguments, add_server_arguments, output_of

__all__ = ("add_commands", "run_login", "run_logout")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    summary = "store a personal access token in the keyring of this computer"
    login = commands.add_parser(
        "login",
        help=summary,
        description=f"{summary.capitalize()}. The token is asked for, or read from standard input.",
    )
    login.set_defaults(run=run_login)
    summary = "remove the token from the keyring of this computer"
    logout = commands.add_parser("logout", help=summary, description=f"{summary.capitalize()}.")
    logout.set_defaults(run=run_logout)
    for parser in (login, logout):
        usual = "the API that the token is for (default: the sandbox of Zenodo)"
        add_server_arguments(parser, usual, default=SANDBOX)
        add_output_arguments(parser)


def run_login(args: argparse.Namespace) -> None:
    """Carry out `login`: ask for a token, try it, and store it.

    Raises
    ------
    SystemExit
        1 when the token is not accepted or cannot be stored.
    """
    output = output_of(args)
    with reporting(output):
        endpoint = checked_endpoint(args.endpoint)
        token = checked(_asked(endpoint).strip(), "the input")
        output.secret = token.secret
        Client(endpoint, token.secret, output.listen).read(user_drafts(1))
        store_token(endpoint, token.secret)
        _tell(output, "stored", endpoint, f"stored the token for {endpoint}")


def _asked(endpoint: str) -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(f"Token for {endpoint} (not shown): ")
    try:
        return sys.stdin.readline(10_000)
    except UnicodeDecodeError:
        raise Refused("There is something else than a token in the input: not text.") from None


def run_logout(args: argparse.Namespace) -> None:
    """Carry out `logout`: remove the token.

    Raises
    ------
    SystemExit
        1 when there is no keyring.
    """
    output = output_of(args)
    with reporting(output):
        endpoint = checked_endpoint(args.endpoint)
        if forget_token(endpoint):
            _tell(output, "removed", endpoint, f"removed the token for {endpoint}")
        else:
            _tell(output, "nothing to do", endpoint, f"no token is stored for {endpoint}")


def _tell(output: Output, status: str, endpoint: str, line: str) -> None:
    output.tell({"status": status, "endpoint": endpoint}, [line])
