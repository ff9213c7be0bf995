"""What is on this computer: data files, tokens, locks, and what is remembered between runs."""
