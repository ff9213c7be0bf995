"""Everything that follows from the code and is kept in files is up to date."""

import pytest

from .expected import MEND, texts

pytestmark = pytest.mark.source


def test_expected_texts_are_up_to_date() -> None:
    found = texts()

    outdated = [str(path) for path, text in found.items() if path.read_text("utf-8") != text]
    assert outdated == [], MEND
    assert len(found) >= 25
