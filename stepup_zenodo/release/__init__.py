"""What is said about a deposit: its DOI, its review, its links, what speaks against publishing."""
