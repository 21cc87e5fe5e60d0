"""Trigram indexes for “contains”, which is asked for explicitly (PostgreSQL only).

One index over the texts of an order, one over notes. Their pending lists (fastupdate) keep an
import fast. SQLite has none: there it looks through the newest orders.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

ORDERS = """
CREATE INDEX order_anywhere ON orders_order USING gin (
    street gin_trgm_ops, buyer_message gin_trgm_ops, seller_memo gin_trgm_ops
) WITH (fastupdate = on)
"""
NOTES = "CREATE INDEX note_anywhere ON orders_note USING gin (text gin_trgm_ops)"


def create_trigram_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ORDERS)
        schema_editor.execute(NOTES)


def drop_trigram_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX order_anywhere")
        schema_editor.execute("DROP INDEX note_anywhere")


class Migration(migrations.Migration):
    replaces = [("orders", "0003_anywhere")]
    dependencies = [("orders", "0001_squashed")]
    operations = [
        TrigramExtension(),
        migrations.RunPython(create_trigram_indexes, drop_trigram_indexes, elidable=False),
    ]
