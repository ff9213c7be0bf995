#!/usr/bin/env python3
from stepup.core.api import run, static

from stepup_zenodo.api import archive, sync_zenodo

# The fields of the sky in this release. Add one to make the next release.
FIELDS = [296, 487, 562]
CLASSES = ["eclipsing", "pulsating", "rotating"]

static("zenodo.yaml", "description.md", "CHANGELOG.md", "demo.py")

# The scripts, which are archived as they are, with all that is in their folder.
archive("code", "code.zip", exclude="__pycache__")

# The training set, and two kinds of models for each class.
run("code/make_training_set.py training_set.csv", out="training_set.csv")
models = {}
for kind in "linear", "range":
    models[kind] = [f"models/{kind}/{name}.json" for name in CLASSES]
    for path in models[kind]:
        run(f"code/train.py training_set.csv {path}", inp="training_set.csv", out=path)
    archive(f"models/{kind}", f"trained_{kind}_models.zip", models[kind])

# The catalogue: the classified light curves of each field, and the list of fields.
predictions = []
for field in FIELDS:
    path = f"predictions/field_{field:04d}.csv"
    inputs = [*models["linear"], *models["range"]]
    run(f"code/classify.py {field} {path} {' '.join(inputs)}", inp=inputs, out=path)
    predictions.append(path)
archive("predictions", "predictions.zip", predictions, manifest="SHA256SUMS")
run(f"code/list_fields.py fields.json {' '.join(predictions)}", inp=predictions, out="fields.json")

# What readers try first: some rows and a notebook that uses them.
sample = "field_0296_100rows.csv"
run(f"head -n 101 {predictions[0]} > {sample}", shell=True, inp=predictions[0], out=sample)
notebook = "classification_demo.ipynb"
run(f"code/make_notebook.py demo.py {notebook}", inp="demo.py", out=notebook)

# The record, whose files are listed in zenodo.yaml.
sync_zenodo("zenodo.yaml")
