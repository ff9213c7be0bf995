"""Grants in the words of Zenodo's older API, and who the funders are."""

import re

from ..jsontypes import given
from .common import Taken
from .source import Source, items, mapping, text

__all__ = ("add_grants",)

_EC = "00k4n6c32"
_FUNDERS = {
    "10.13039/100000001": "021nxhr62",
    "10.13039/100000002": "01cwqze88",
    "10.13039/100001345": "006cvnv84",
    "10.13039/100004440": "029chgv08",
    "10.13039/100014013": "001aqnf71",
    "10.13039/100018231": "03zj4c476",
    "10.13039/501100000024": "01gavpb45",
    "10.13039/501100000038": "01h531d29",
    "10.13039/501100000690": "001aqnf71",
    "10.13039/501100000780": _EC,
    "10.13039/501100000806": "02k4b9v70",
    "10.13039/501100000923": "05mmh0f86",
    "10.13039/501100000925": "011kf5r70",
    "10.13039/501100001602": "0271asj38",
    "10.13039/501100001665": "00rbzpz17",
    "10.13039/501100001711": "00yjd3n13",
    "10.13039/501100001871": "00snfqn58",
    "10.13039/501100002341": "05k73zm37",
    "10.13039/501100002428": "013tf3c58",
    "10.13039/501100003246": "04jsz6e67",
    "10.13039/501100004410": "04w9kkr77",
    "10.13039/501100004488": "03n51vw80",
    "10.13039/501100004564": "01znas443",
    "10.13039/501100006364": "03m8vkq32",
}
"""ROR ids of the funders that Zenodo knows, by the DOIs that the older API uses for them."""


def add_grants(data: Source, taken: Taken) -> None:
    """Take over grants: the id of a funder and a number; a number alone is one of the EC."""
    for where, item in items(data, "grants"):
        entry = mapping(item)
        id_ = text(item) or text(entry.get("id"))
        if not id_:
            _add_described(entry, taken)
            continue
        doi, colons, award = id_.rpartition("::")
        ror = _funder(doi) if colons else _EC if re.fullmatch(r"\d+", id_) else ""
        if not ror:
            taken.leave(where, "write the funder and the award into funding", id_)
            continue
        made = f"{ror}::{award}"
        taken.mean(entry.at("id") if entry else where, made)
        taken.add("funding", [{"funder": {"ror": ror}, "award": {"id": made}}])


def _funder(id_: str) -> str:
    """Return the ROR id of a funder, empty if its DOI is not known."""
    doi = re.sub(r"^https?://(?:dx\.)?doi\.org/", "", id_)
    ror = re.fullmatch(r"0\w{6}\d\d", id_)
    return ror[0] if ror else _FUNDERS.get(doi, "")


def _add_described(entry: Source, taken: Taken) -> None:
    """Take over a grant without id, as Zenodo shows the grants of a record."""
    funder = mapping(entry.get("funder"))
    name = text(entry.get("funder")) or text(funder.get("name"))
    ror = _funder(text(funder.get("doi")))
    if ror:
        taken.mean(funder.at("doi"), ror)
    award = given(number=text(entry.get("code")), title=text(entry.get("title")))
    who = {"ror": ror} if ror else given(name=name)
    if who:
        taken.add("funding", [given(funder=who, award=award)])
