"""Take the picture of a preview in the documentation, from the record of the example paper.

Usage: python -m tests.capture_preview

It needs Chromium.
Only the addresses of the local server, and the id of the record there, are replaced
by those that a reader would see in the sandbox of Zenodo.
"""

import re
import sys
import tempfile
from pathlib import Path

from plan_examples.demo import prepare

from .browser import Browser, find_browser
from .building import build, run
from .png import read_png, write_small_png
from .rdm_server.fixture import Rdm, server_of_own

__all__ = ("PICTURE", "capture")

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "preview.png"
SANDBOX = "https://sandbox.zenodo.org"
SIZE = (1100, 1480)


def capture(browser: Browser, rdm: Rdm, target: Path) -> None:
    """Build the example paper, and take a picture of its preview."""
    folder = browser.folder / "paper"
    prepare(folder, rdm.endpoint, rdm.token_file)
    assert build(folder).status == 0
    command = str(Path(sys.executable).with_name("stepup-zenodo"))
    status, output = run([command, "preview", "zenodo.yaml"], folder)
    assert status == 0, output
    page = folder / "zenodo.preview.html"
    record_id = (folder / ".zenodo-record-id.txt").read_text().strip()
    text = page.read_text(encoding="utf-8").replace(rdm.url, SANDBOX)
    text = text.replace("https://handle.test.datacite.org", "https://doi.org")
    text = re.sub(rf"\b(draft |zenodo\.){record_id}\b", r"\g<1>123456", text)
    page.write_text(text, encoding="utf-8")
    large = browser.folder / "large.png"
    browser.screenshot(page, large, size=SIZE)
    write_small_png(read_png(large), target)


def main() -> None:
    """Take the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    with server_of_own() as rdm, tempfile.TemporaryDirectory() as folder:
        capture(find_browser(Path(folder)), rdm, PICTURE)


if __name__ == "__main__":
    main()
