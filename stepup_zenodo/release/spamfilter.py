"""What the spam filter of Zenodo counts in a description.

Source: `site/zenodo_rdm/moderation/config.py` and `rules.py` of zenodo-rdm 25.
An account has 10 points until it is verified, 10 are the limit, and what is above is looked at
by a person, or blocked.
"""

import re

__all__ = ("counted_by_filter",)

_MOST = {"links": (5, 5, re.compile(r"<a\s")), "headings": (4, 2, re.compile(r"<h[1-6][\s>]"))}
"""How many are without cost, how many points more of them cost, and how they are found."""


def counted_by_filter(html: str) -> str:
    """Return in words what costs points in a description, empty when nothing does."""
    counted = []
    for name, (most, points, pattern) in _MOST.items():
        number = len(pattern.findall(html))
        if number > most:
            counted.append(f"{number} {name} ({points} points for more than {most})")
    return " and ".join(counted)
