#!/usr/bin/env python3
from stepup.core.api import run, static

from stepup_zenodo.api import sync_zenodo, zenodo_doi

static("zenodo.yaml", "README.md", "notes.txt", "paper.typ", "references.bib")
static("simulate.py", "analyse.py", "plot.py", "compile_paper.py")
static("data/parameters.csv", "data/columns.csv")

# The data: one file with readings for each run.
data = ["data/air.csv", "data/oil.csv"]
run("./simulate.py air data/parameters.csv data/air.csv", inp="data/parameters.csv", out=data[0])
run("./simulate.py oil data/parameters.csv data/oil.csv", inp="data/parameters.csv", out=data[1])

# The DOI of the record that will hold the paper, for the paper to print.
zenodo_doi("zenodo.yaml", "doi.typ")

# The results, the figure and the paper.
run(
    "./analyse.py data/parameters.csv results.json data/air.csv data/oil.csv",
    inp=["data/parameters.csv", *data],
    out="results.json",
)
run(
    "./plot.py results.json figure.svg data/air.csv data/oil.csv",
    inp=["results.json", *data],
    out="figure.svg",
)
run(
    "./compile_paper.py paper.typ paper.pdf",
    inp=["paper.typ", "doi.typ", "references.bib", "results.json", "figure.svg"],
    out="paper.pdf",
)

# Something that the record does not depend on.
run("wc -w < notes.txt > notes_words.txt", shell=True, inp="notes.txt", out="notes_words.txt")

# The record, whose files are listed in zenodo.yaml.
sync_zenodo("zenodo.yaml")
