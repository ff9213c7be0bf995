#!/usr/bin/env python3
"""Compile the paper, with the fonts that come with Typst and without the time of the day."""

import typst

typst.compile("paper.typ", output="paper.pdf", ignore_system_fonts=True, timestamp=0)
