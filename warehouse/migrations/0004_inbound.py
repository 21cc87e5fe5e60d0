from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('warehouse', '0003_waybill_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='tracking',
            name='inbound',
            field=models.BooleanField(db_default=False, default=False, verbose_name='买家寄回的'),
        ),
    ]
