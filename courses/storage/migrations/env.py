"""Alembic's entry: migrations run on the connection that `courses.storage.migrate` hands over."""

from alembic import context

from courses.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
