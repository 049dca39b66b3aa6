"""All tests. They import one another's parts as `tests.…`."""
