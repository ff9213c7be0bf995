#!/usr/bin/env python3
"""Compile a Typst document to PDF, to the same bytes on every machine."""

import sys

import typst


def main(path_source: str, path_pdf: str) -> None:
    """Write the PDF."""
    # The fonts that come with Typst are the same everywhere.
    typst.compile(path_source, output=path_pdf, ignore_system_fonts=True, timestamp=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
