"""Levels that were there before the ledger get their opening movement."""

from __future__ import annotations

from django.db import migrations

OPEN = """
    INSERT INTO stock_movement
        (sku_id, why, ref, note, by_name, at,
         on_hand_before, on_hand, reserved_before, reserved, defect_before, defect)
    SELECT sku_id, 'opening', '', '', '系统', CURRENT_TIMESTAMP, 0, on_hand, 0, reserved, 0, defect
    FROM stock_stocklevel
"""


class Migration(migrations.Migration):

    dependencies = [("stock", "0002_ledger")]

    operations = [
        migrations.RunSQL(OPEN, "DELETE FROM stock_movement WHERE why = 'opening'"),
    ]
