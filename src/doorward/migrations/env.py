"""Run by Alembic with a connection that `kit.db.migrate` has opened and will commit."""

from alembic import context

from doorward.kit.db import metadata

# `metadata` carries the names of constraints; its tables matter only to those who compare, and they import them first.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=context.config.attributes.get("render_item"),
    include_name=context.config.attributes.get("include_name"),
    process_revision_directives=context.config.attributes.get("process_revision_directives"),
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
