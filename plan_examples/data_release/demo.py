# %% [markdown]
# # Stars by Class
#
# This notebook needs nothing but Python, and `field_0296_100rows.csv` in the same folder.

# %%
import csv
from collections import Counter

with open("field_0296_100rows.csv", newline="") as fh:
    stars = list(csv.DictReader(fh))
len(stars)

# %% [markdown]
# How many stars are there of each class, according to both kinds of models?

# %%
for kind in "linear", "range":
    classes = Counter(
        max(
            (name for name in star if name.startswith(f"{kind}_")),
            key=lambda name: float(star[name]),
        )
        for star in stars
    )
    print(sorted(classes.items()))
