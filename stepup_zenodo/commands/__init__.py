"""The commands of `stepup-zenodo`, one module each."""
