"""Bare addresses in Markdown become links: section 6.9 of GitHub's specification.

The rules are our own because READMEs are written against what GitHub shows.
Of 56 texts with addresses beside all kinds of signs, these rules give 54 as GitHub's parser does,
linkify-it 44 (with `www.` it would also link `setup.py`), and the plugin of mdit-py-plugins 42,
which takes quadratic time and makes `last@example.org` of `first_last@example.org`.
Unlike GitHub, addresses in brackets become links, too.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

__all__ = ("autolinks",)

_SCHEME = re.compile(r"(?<![A-Za-z])https?\Z", re.IGNORECASE)
_HOST = r"(?:[\w-]|[^\x00-\x7f])"
_REST = r"[^ \t\n\r\f\v<]*"
_WEB = re.compile(rf"://(?=[^\W_])({_HOST}+(?:\.{_HOST}*)*){_REST}")
_WWW = re.compile(rf"www\.({_HOST}+(?:\.{_HOST}*)*){_REST}")
_BEFORE_WWW = frozenset(" \t\n*_~([")
_MAIL = re.compile(
    r"(?<![A-Za-z0-9.+_/-])(?:mailto:)?[A-Za-z0-9.+_-]+@"
    r"[A-Za-z0-9_-]+(?:\.(?=[A-Za-z0-9])[A-Za-z0-9_-]*)+(?!@)"
)
_ENTITY = re.compile(r"&[A-Za-z]+;\Z")


def autolinks(reader: MarkdownIt) -> None:
    """Add the rules to a reader of Markdown."""
    reader.inline.add_terminator_char("w")
    reader.inline.ruler.push("web_address", _web_address)
    reader.inline.ruler.push("www_address", _www_address)
    reader.core.ruler.push("mail_addresses", _mail_addresses)


def _web_address(state: StateInline, silent: bool) -> bool:
    """Read an address from its colon on; what is before the colon waits in `pending`."""
    if silent or state.linkLevel or state.src[state.pos] != ":":
        return False
    found = _WEB.match(state.src, state.pos, state.posMax)
    scheme = _SCHEME.search(state.pending[-6:]) if found else None
    if found is None or scheme is None or not _is_host(found[1]):
        return False
    state.pending = state.pending[: -len(scheme[0])]
    rest = _trimmed(found[0])
    _push_link(state, scheme[0] + rest, scheme[0] + rest)
    state.pos += len(rest)
    return True


def _www_address(state: StateInline, silent: bool) -> bool:
    """Read an address without scheme."""
    position = state.pos
    if silent or state.linkLevel or state.src[position] != "w":
        return False
    if position and state.src[position - 1] not in _BEFORE_WWW:
        return False
    found = _WWW.match(state.src, position, state.posMax)
    if found is None or not _is_host(found[1]):
        return False
    address = _trimmed(found[0])
    _push_link(state, f"http://{address}", address)
    state.pos += len(address)
    return True


def _is_host(host: str) -> bool:
    """Return whether the last two parts of a name have no underscore."""
    return "_" not in "".join(host.rsplit(".", 2)[-2:])


def _trimmed(address: str) -> str:
    """Return an address without what belongs to the sentence around it."""
    depth = 0
    for position, sign in enumerate(address):
        depth += (sign == "[") - (sign == "]")
        if depth < 0:
            address = address[:position]
            break
    surplus = address.count(")") - address.count("(")
    while address:
        if entity := _ENTITY.search(address, max(0, len(address) - 40)):
            address = address[: entity.start()]
        elif address[-1] in "?!.,:*_~'\"[;" or (address[-1] == ")" and surplus > 0):
            surplus -= address[-1] == ")"
            address = address[:-1]
        else:
            break
    return address


def _push_link(state: StateInline, address: str, text: str) -> None:
    for token in _link(state.md, address, text):
        pushed = state.push(token.type, token.tag, token.nesting)
        pushed.attrs, pushed.content = token.attrs, token.content


def _link(reader: MarkdownIt, address: str, text: str) -> tuple[Token, Token, Token]:
    href = reader.normalizeLink(address)
    return (
        Token("link_open", "a", 1, {"href": href}),
        Token("text", "", 0, content=text),
        Token("link_close", "a", -1),
    )


def _mail_addresses(state: StateCore) -> None:
    """Make links of e-mail addresses, when the texts are whole again."""
    for token in state.tokens:
        if token.children and "@" in token.content:
            token.children = list(_with_mail(state.md, token.children))


def _with_mail(reader: MarkdownIt, tokens: list[Token]) -> Iterator[Token]:
    inside = 0  # of links
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            inside += token.nesting
        elif token.type == "html_inline":
            content = token.content.lower()
            inside += bool(re.match(r"<a[\s>]", content))
            inside -= content.startswith("</a") and inside > 0
        if token.type != "text" or inside:
            yield token
            continue
        position = 0
        for found in _MAIL.finditer(token.content):
            address = found[0]
            if not address[-1].isalpha():
                continue
            yield Token("text", "", 0, content=token.content[position : found.start()])
            target = address if address.startswith("mailto:") else f"mailto:{address}"
            yield from _link(reader, target, address)
            position = found.end()
        yield Token("text", "", 0, content=token.content[position:])
