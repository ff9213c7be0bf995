"""From a draft to a publication: DOI, review, links for co-authors, publishing."""
