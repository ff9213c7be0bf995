#!/usr/bin/env python3
from stepup.core.api import run, static

from stepup_zenodo.api import cite_zenodo, fetch_zenodo, sync_zenodo

# The address that stands for all releases. The first build pins the newest one,
# in data.zenodo-input.json; `stepup-zenodo fetch ... --update` moves the pin.
RELEASES = "https://sandbox.zenodo.org/records/123455"

static("zenodo.yaml", "description.md", "draw.py", "paper.typ", "compile_paper.py")

# The data of others: the list of fields, and one field out of the catalogue in a zip file.
field = "data/predictions/field_0296.csv"
fetch_zenodo(RELEASES, "data", ["fields.json", "zip:predictions.zip/**/field_0296.csv"])

# What the paper says about them: an entry of its bibliography, the version and the DOI.
cite_zenodo("data", ["inputs.bib", "inputs.typ"])

# The figure and the paper.
run(
    f"./draw.py data/fields.json {field} figure.svg",
    inp=["draw.py", "data/fields.json", field],
    out="figure.svg",
)
run(
    "./compile_paper.py",
    inp=["compile_paper.py", "paper.typ", "inputs.bib", "inputs.typ", "figure.svg"],
    out="paper.pdf",
)

# The record of the paper, which says from which release it is derived.
sync_zenodo("zenodo.yaml")
