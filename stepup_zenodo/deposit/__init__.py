"""What a deposit needs besides its sync: DOI, review, publication, and how it stands."""
