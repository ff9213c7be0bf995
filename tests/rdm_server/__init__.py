"""A real InvenioRDM server for the tests: see README.md."""
