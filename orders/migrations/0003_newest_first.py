"""“Contains” looks among the newest orders first (PostgreSQL only).

Orders lie in the table about as they came in, so an index of a few kilobytes says which part of it
is new, and of a common piece only the matches in that part are read.
"""

from django.db import migrations

NEWEST = """
CREATE INDEX order_newest_part ON orders_order USING brin (ordered_at) WITH (pages_per_range = 32)
"""


def create_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NEWEST)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX order_newest_part")


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_anywhere")]
    operations = [migrations.RunPython(create_index, drop_index, elidable=False)]
