from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('warehouse', '0004_inbound'),
    ]

    operations = [
        migrations.AddField(
            model_name='enquiry',
            name='to_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='改给谁'),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='to_phone',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='改的电话'),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='to_address',
            field=models.CharField(blank=True, db_default='', default='', max_length=700, verbose_name='改的地址'),
        ),
    ]
