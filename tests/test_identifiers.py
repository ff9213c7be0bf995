"""Identifiers as the server accepts and stores them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepup_zenodo.terms.identifiers import (
    AWARD_SCHEMES,
    LOCATION_SCHEMES,
    PERSON_SCHEMES,
    RECORD_SCHEMES,
    detect,
    expected,
    is_valid,
    normalize,
    ror_checksum,
)

ALL_SCHEMES = sorted({*RECORD_SCHEMES, *PERSON_SCHEMES, *AWARD_SCHEMES, *LOCATION_SCHEMES})


def test_schemes() -> None:
    assert len(RECORD_SCHEMES) == 26
    assert PERSON_SCHEMES == ("edmo", "gnd", "isni", "orcid", "ror")
    assert AWARD_SCHEMES == ("doi", "url")
    assert LOCATION_SCHEMES == ("geonames", "wikidata")


@pytest.mark.parametrize(
    ("scheme", "text", "stored"),
    [
        ("ads", "ads:2011ApJS..192...18K", "2011ApJS..192...18K"),
        ("ark", "ark:/13030/tqb3kh97gh8w", "ark:/13030/tqb3kh97gh8w"),
        ("arxiv", "2101.12345v2", "arXiv:2101.12345v2"),
        ("arxiv", "arxiv:math.GT/0309136", "arXiv:math/0309136"),
        ("doi", "https://doi.org/10.1234/ABC", "10.1234/ABC"),
        ("doi", "doi:10.1234/a", "10.1234/a"),
        ("edmo", "https://edmo.seadatanet.org/report/43", "https://edmo.seadatanet.org/report/43"),
        ("eissn", "15457885", "15457885"),
        ("gnd", "https://d-nb.info/gnd/118540238", "gnd:118540238"),
        ("handle", "https://hdl.handle.net/10013/epic", "10013/epic"),
        ("isbn", "316148410X", "978-3-16-148410-0"),
        ("isni", "000000012103 2683", "000000012103 2683"),
        ("issn", "03178471", "0317-8471"),
        ("orcid", "https://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X"),
        ("orcid", "000000021694233X", "0000-0002-1694-233X"),
        ("other", "any thing", "any thing"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/12082125/", "12082125"),
        ("ror", "https://ror.org/05GQ02987", "05gq02987"),
        ("url", "ftp://example.org", "ftp://example.org"),
        ("urn", "URN:nbn:de:101", "urn:nbn:de:101"),
        ("wikidata", "https://www.wikidata.org/entity/Q42", "Q42"),
    ],
)
def test_accepted(scheme: str, text: str, stored: str) -> None:
    assert is_valid(scheme, text)
    assert normalize(scheme, text) == stored
    assert normalize(scheme, stored) == stored


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        ("ark", "https://n2t.net/ark:/13030/tqb3kh97gh8w"),
        ("arxiv", "https://arxiv.org/abs/2101.12345"),
        ("doi", "11.1234/a"),
        ("ean13", "9783468111243"),
        ("edmo", "43"),
        ("gnd", "0118540238"),
        ("isbn", "978-3-16-148410-1"),
        ("isni", "0000-0001-2103-2684"),
        ("issn", "0317-8472"),
        ("orcid", "0000-0002-1825-0098"),
        ("orcid", "0000-0001-2103-2683"),
        ("other", ""),
        ("ror", "05gq0298"),
        ("url", "git@github.com:example/project"),
        ("url", "mailto:someone@example.org"),
        ("url", "http://["),
        ("wikidata", "42"),
    ],
)
def test_refused(scheme: str, text: str) -> None:
    assert not is_valid(scheme, text)
    assert normalize(scheme, text) == text


@pytest.mark.parametrize(
    ("text", "schemes", "scheme"),
    [
        ("10.1234/a", RECORD_SCHEMES, "doi"),
        ("10013/epic", RECORD_SCHEMES, "handle"),
        ("https://example.org", RECORD_SCHEMES, "url"),
        ("https://purl.org/dc", RECORD_SCHEMES, "purl"),
        ("12345", RECORD_SCHEMES, "pmid"),
        ("2101.12345", RECORD_SCHEMES, "arxiv"),
        ("0000-0002-1825-0097", PERSON_SCHEMES, "orcid"),
        ("0000-0001-2103-2683", PERSON_SCHEMES, "isni"),
        ("10.1234/a", PERSON_SCHEMES, None),
        ("what is this", RECORD_SCHEMES, None),
        ("http://[", RECORD_SCHEMES, None),
    ],
)
def test_detect(text: str, schemes: tuple[str, ...], scheme: str | None) -> None:
    assert detect(text, schemes) == scheme


@pytest.mark.parametrize("scheme", ALL_SCHEMES)
def test_examples_are_valid(scheme: str) -> None:
    words = expected(scheme)
    if words != "any text":
        example = words.removeprefix("for example ").removesuffix(", with the right check digit")
        assert is_valid(scheme, example)
    else:
        assert is_valid(scheme, "any text")


def test_ror_checksum() -> None:
    ids = ["02ex6cf31", "05dxps055", "00k4n6c32", "01ggx4157", "05gq02987"]
    assert [ror_checksum(ror) for ror in ids] == [ror[7:] for ror in ids]
    assert ror_checksum("0ilou0000") == ""


@given(text=st.text(), scheme=st.sampled_from(ALL_SCHEMES))
def test_any_text(text: str, scheme: str) -> None:
    stored = normalize(scheme, text)
    assert is_valid(scheme, stored) == is_valid(scheme, text)
    assert detect(text, (scheme,)) in (scheme, None)
