"""What the server makes of identifiers: which ones it accepts and how it stores them.

The verdicts and the stored forms come from idutils, the library that the server uses itself.
Which schemes are allowed where is part of the configuration of Zenodo:
`RDM_RECORDS_IDENTIFIERS_SCHEMES` and its siblings in the sources of invenio-rdm-records,
with the additions of zenodo-rdm 25.2.5.
"""

import re
from collections.abc import Callable, Sequence

from ..results import RESULTS

__all__ = (
    "AWARD_SCHEMES",
    "LOCATION_SCHEMES",
    "MEETING_SCHEMES",
    "PERSON_SCHEMES",
    "RECORD_SCHEMES",
    "detect",
    "expected",
    "is_valid",
    "normalize",
    "ror_checksum",
    "spelt",
)

RECORD_SCHEMES = (
    "ads",
    "ark",
    "arxiv",
    "crossreffunderid",
    "cstr",
    "doi",
    "ean13",
    "eissn",
    "grid",
    "handle",
    "igsn",
    "isbn",
    "isni",
    "issn",
    "istc",
    "lissn",
    "lsid",
    "other",
    "pmid",
    "purl",
    "rrid",
    "upc",
    "url",
    "urn",
    "w3id",
    "wikidata",
)
"""Schemes of other identifiers of the record, of related works and of references."""

PERSON_SCHEMES = ("edmo", "gnd", "isni", "orcid", "ror")
"""Schemes of persons and organizations."""

AWARD_SCHEMES = ("doi", "url")
"""Schemes of awards."""

LOCATION_SCHEMES = ("geonames", "wikidata")
"""Schemes of places."""

MEETING_SCHEMES = RECORD_SCHEMES
"""Schemes of meetings."""

_ANYTHING = frozenset(
    {"crossreffunderid", "geonames", "grid", "igsn", "other", "upc", "w3id"}
)  # not validated by the server

_EXAMPLES = {
    "ads": "2011ApJS..192...18K",
    "ark": "ark:/13030/tqb3kh97gh8w",
    "arxiv": "2101.12345",
    "cstr": "31253.11.sciencedb.00026",
    "doi": "10.5281/zenodo.1234567",
    "ean13": "9783468111242",
    "edmo": "https://edmo.seadatanet.org/report/43",
    "eissn": "1545-7885",
    "gnd": "gnd:118540238",
    "handle": "10013/epic.10033",
    "isbn": "978-3-16-148410-0",
    "isni": "0000-0001-2103-2683",
    "issn": "0317-8471",
    "istc": "A02-2009-000004BE-A",
    "lissn": "0317-8471",
    "lsid": "urn:lsid:ubio.org:namebank:11815",
    "orcid": "0000-0002-1825-0097",
    "pmid": "12082125",
    "purl": "https://purl.org/dc/terms/title",
    "ror": "02ex6cf31",
    "rrid": "RRID:SCR_014641",
    "url": "https://example.org/page",
    "urn": "urn:nbn:de:101:1-201102033592",
    "wikidata": "Q42",
}
_SPELT = {
    "arxiv": "arXiv id",
    "crossreffunderid": "Crossref funder id",
    "geonames": "GeoNames id",
    "handle": "handle",
    "other": "identifier",
    "w3id": "w3id",
    "wikidata": "Wikidata id",
}
"""How schemes are written in a sentence, if not in capitals."""

_CHECK_DIGIT = frozenset({"ean13", "eissn", "isbn", "isni", "issn", "istc", "lissn", "orcid"})
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_EDMO = re.compile(r"https://edmo\.seadatanet\.org/report/\d+$")


def _validator(scheme: str) -> Callable[[str], object]:
    """Return the server's test of a scheme; what it returns is true or false as a condition."""
    if scheme in _ANYTHING:
        return bool
    if scheme == "edmo":
        return _EDMO.match
    # All validators are imported with the package, which takes 0.3 s: only when needed.
    import idutils.validators

    name = "issn" if scheme in ("eissn", "lissn") else scheme
    validator: Callable[[str], object] = getattr(idutils.validators, f"is_{name}")
    return validator


def spelt(scheme: str) -> str:
    """Return what an identifier of a scheme is called in a sentence, e.g. `ORCID`."""
    return _SPELT.get(scheme, scheme.upper())


def is_valid(scheme: str, text: str) -> bool:
    """Return whether the server accepts an identifier, check digit included.

    Parameters
    ----------
    scheme
        One of the schemes in this module, in lower case.
    text
        The identifier, without white space around it.
    """
    return RESULTS.result(f"valid {scheme}", text, bool, lambda: _is_valid(scheme, text))


def _is_valid(scheme: str, text: str) -> bool:
    try:
        return bool(text) and bool(_validator(scheme)(text))
    except ValueError:
        # Some validators convert what is not a number, or split what is not an address.
        return False


def normalize(scheme: str, text: str) -> str:
    """Return an identifier in the form in which the server stores it.

    The ids of ROR are in lower case as well, as the vocabularies of the server know no others.

    Parameters
    ----------
    scheme
        One of the schemes in this module, in lower case.
    text
        A valid identifier. The result for others is the text itself.
    """
    if not is_valid(scheme, text):
        return text
    return RESULTS.result(f"normal {scheme}", text, str, lambda: _normalize(scheme, text))


def _normalize(scheme: str, text: str) -> str:
    import idutils.normalizers

    result = str(idutils.normalizers.normalize_pid(text, scheme))
    return result.lower() if scheme == "ror" else result


def ror_checksum(text: str) -> str:
    """Return the last two digits that belong to the first seven characters of an id of ror.org.

    The first seven are a number in Crockford's alphabet, the last two its checksum
    by ISO 7064, MOD 97-10. This held for all 41 organizations of a test server.
    The server does not check it, but no organization has an id with another one.

    Parameters
    ----------
    text
        A valid id in lower case, without address.

    Returns
    -------
    checksum
        Two digits, or nothing if a character is not in the alphabet.
    """
    number = 0
    for char in text[:7]:
        if char not in _CROCKFORD:
            return ""
        number = number * 32 + _CROCKFORD.index(char)
    return f"{98 - number * 100 % 97:02d}"


def detect(text: str, allowed: Sequence[str]) -> str | None:
    """Return the scheme that the server gives to an identifier without one.

    Parameters
    ----------
    text
        The identifier, without white space around it.
    allowed
        The schemes to choose from.

    Returns
    -------
    scheme
        The first of the detected schemes that is allowed; `None` when there is none.
    """
    found = RESULTS.result("schemes", text, str, lambda: " ".join(_detected(text))).split()
    return next((scheme for scheme in found if scheme in allowed), None)


def _detected(text: str) -> list[str]:
    import idutils.detectors

    try:
        return list(idutils.detectors.detect_identifier_schemes(text))
    except ValueError:
        return []


def expected(scheme: str) -> str:
    """Return in words what an identifier of a scheme looks like."""
    if scheme not in _EXAMPLES:
        return "any text"
    with_digit = ", with the right check digit" if scheme in _CHECK_DIGIT else ""
    return f"for example {_EXAMPLES[scheme]}{with_digit}"
