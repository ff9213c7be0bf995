"""Words that other formats have for the keys of the configuration."""

__all__ = ("elsewhere_called",)

_KEYS = {
    "access_right": "write access: {files: restricted} if not everybody may see the files",
    "authors": "the key is creators",
    "communities": "the key is community, outside of metadata, with a single name",
    "conference_title": "write meeting: {title: ...}, outside of metadata",
    "date_released": "the key is publication_date",
    "date-released": "the key is publication_date",
    "doi": "the server gives the DOI, see `stepup-zenodo doi`",
    "files": "the key is paths, outside of metadata",
    "grants": "write funding: [{award: {id: ...}}]",
    "image_type": "the key is resource_type, with a value such as image-figure",
    "journal_title": "write journal: {title: ...}, outside of metadata",
    "licence": "the key is license",
    "publication_type": "the key is resource_type, with a value such as publication-article",
    "related_identifiers": "the key is related",
    "rights": "the key is license",
    "subject": "the key is subjects or keywords",
    "tags": "the key is keywords",
    "upload_type": "the key is resource_type",
}
_OF_PERSONS = {
    "gnd": "write identifiers: {gnd: ...}",
    "isni": "write identifiers: {isni: ...}",
    "orcid": "write identifiers: {orcid: ...}",
    "ror": "write identifiers: {ror: ...}",
    "type": "write organization instead of name for an organization",
}


def elsewhere_called(name: str, *, of_person: bool = False) -> str:
    """Return what is meant by the key of another format, empty if that is not known.

    Parameters
    ----------
    name
        A key that the configuration does not have there: of `.zenodo.json`,
        of the Citation File Format, or of an older StepUp RepRep.
    of_person
        Whether it stands beside the name of a person or an organization.
    """
    return (_OF_PERSONS if of_person else _KEYS).get(name.lower(), "")
