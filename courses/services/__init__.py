"""Use cases: one module a verb, and the ports they need. They know no web framework and no database."""
