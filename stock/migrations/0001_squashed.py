import core.fields
import django.db.models.deletion
import django_fsm
import simple_history.models
import stock.words
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('stock', '0001_initial'), ('stock', '0002_ledger'), ('stock', '0003_opening'), ('stock', '0004_supplies')]

    initial = True

    dependencies = [
        ('staff', '0001_squashed'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalSku',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('code', core.fields.KeyField(db_index=True, max_length=64, verbose_name='商家编码')),
                ('barcode', core.fields.KeyField(blank=True, max_length=64, verbose_name='条码')),
                ('style_no', core.fields.KeyField(max_length=64, verbose_name='款号')),
                ('name', models.CharField(max_length=200, verbose_name='品名')),
                ('colour', models.CharField(blank=True, max_length=64, verbose_name='颜色')),
                ('size', models.CharField(blank=True, max_length=64, verbose_name='尺码')),
                ('price', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='售价')),
                ('weight_g', models.PositiveIntegerField(default=0, verbose_name='重量（克）')),
                ('shelf', models.CharField(blank=True, max_length=32, verbose_name='货位')),
                ('is_top_up', models.BooleanField(default=False, verbose_name='补差价专用')),
                ('active', models.BooleanField(default=True, verbose_name='在售')),
                ('made', models.BooleanField(db_default=False, default=False, verbose_name='自己生产')),
                ('check_quality', models.BooleanField(db_default=False, default=False, verbose_name='发货前质检')),
                ('version', models.PositiveIntegerField(db_default=1, default=1)),
                ('history_change_reason', models.UUIDField(db_index=True, null=True)),
                ('history_user_id', models.BigIntegerField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 商品',
                'verbose_name_plural': 'historical 商品',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Sku',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.fields.KeyField(max_length=64, unique=True, verbose_name='商家编码')),
                ('barcode', core.fields.KeyField(blank=True, max_length=64, verbose_name='条码')),
                ('style_no', core.fields.KeyField(max_length=64, verbose_name='款号')),
                ('name', models.CharField(max_length=200, verbose_name='品名')),
                ('colour', models.CharField(blank=True, max_length=64, verbose_name='颜色')),
                ('size', models.CharField(blank=True, max_length=64, verbose_name='尺码')),
                ('price', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='售价')),
                ('weight_g', models.PositiveIntegerField(default=0, verbose_name='重量（克）')),
                ('shelf', models.CharField(blank=True, max_length=32, verbose_name='货位')),
                ('is_top_up', models.BooleanField(default=False, verbose_name='补差价专用')),
                ('active', models.BooleanField(default=True, verbose_name='在售')),
                ('made', models.BooleanField(db_default=False, default=False, verbose_name='自己生产')),
                ('check_quality', models.BooleanField(db_default=False, default=False, verbose_name='发货前质检')),
                ('version', models.PositiveIntegerField(db_default=1, default=1)),
            ],
            options={
                'verbose_name': '商品',
                'verbose_name_plural': '商品',
                'indexes': [models.Index(fields=['style_no', 'colour', 'size'], name='sku_style'), models.Index(condition=models.Q(('barcode', ''), _negated=True), fields=['barcode'], name='sku_barcode')],
            },
        ),
        migrations.CreateModel(
            name='StockLevel',
            fields=[
                ('sku', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='level', serialize=False, to='stock.sku')),
                ('on_hand', models.PositiveIntegerField(default=0, verbose_name='在库')),
                ('reserved', models.PositiveIntegerField(default=0, verbose_name='已预占')),
                ('defect', models.PositiveIntegerField(db_default=0, default=0, verbose_name='次品')),
                ('freed_at', models.DateTimeField(blank=True, null=True, verbose_name='有货待分配')),
            ],
            options={
                'verbose_name': '库存',
                'verbose_name_plural': '库存',
                'indexes': [models.Index(condition=models.Q(('freed_at__isnull', False)), fields=['freed_at'], name='stock_freed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reserved__lte', models.F('on_hand'))), name='stock_reserved')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalSupply',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=stock.words.SupplyKind.choices, max_length=10, verbose_name='种类')),
                ('state', django_fsm.FSMField(choices=stock.words.SupplyState.choices, default='draft', max_length=10, protected=True, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1)),
                ('quantity', models.PositiveIntegerField(verbose_name='数量')),
                ('good', models.PositiveIntegerField(default=0, verbose_name='已收良品')),
                ('defect', models.PositiveIntegerField(default=0, verbose_name='已收次品')),
                ('supplier', models.CharField(blank=True, max_length=100, verbose_name='供应商')),
                ('expected_on', models.DateField(blank=True, null=True, verbose_name='预计到货')),
                ('made_at', models.DateTimeField(verbose_name='建立时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('ended_why', models.CharField(blank=True, max_length=200, verbose_name='取消原因')),
                ('by_name', models.CharField(max_length=64, verbose_name='建立人')),
                ('history_change_reason', models.UUIDField(db_index=True, null=True)),
                ('history_user_id', models.BigIntegerField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sku', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='stock.sku')),
            ],
            options={
                'verbose_name': 'historical 采购和生产',
                'verbose_name_plural': 'historical 采购和生产',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Supply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=stock.words.SupplyKind.choices, max_length=10, verbose_name='种类')),
                ('state', django_fsm.FSMField(choices=stock.words.SupplyState.choices, default='draft', max_length=10, protected=True, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1)),
                ('quantity', models.PositiveIntegerField(verbose_name='数量')),
                ('good', models.PositiveIntegerField(default=0, verbose_name='已收良品')),
                ('defect', models.PositiveIntegerField(default=0, verbose_name='已收次品')),
                ('supplier', models.CharField(blank=True, max_length=100, verbose_name='供应商')),
                ('expected_on', models.DateField(blank=True, null=True, verbose_name='预计到货')),
                ('moved_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField(verbose_name='建立时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('ended_why', models.CharField(blank=True, max_length=200, verbose_name='取消原因')),
                ('by_name', models.CharField(max_length=64, verbose_name='建立人')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sku', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='supplies', to='stock.sku')),
            ],
            options={
                'verbose_name': '采购和生产',
                'verbose_name_plural': '采购和生产',
                'indexes': [models.Index(condition=models.Q(('state__in', [stock.words.SupplyState['ARRIVED'], stock.words.SupplyState['CANCELLED']]), _negated=True), fields=['sku', 'expected_on', 'id'], name='supply_open'), models.Index(condition=models.Q(('state__in', [stock.words.SupplyState['ASSEMBLED'], stock.words.SupplyState['ORDERED'], stock.words.SupplyState['SAMPLED'], stock.words.SupplyState['SCHEDULED']])), fields=['expected_on', 'id'], name='supply_due'), models.Index(condition=models.Q(('state__in', ['draft', 'materials'])), fields=['id'], name='supply_draft'), models.Index(condition=models.Q(('moved_at__isnull', False)), fields=['moved_at'], name='supply_moved')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='supply_quantity'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', [stock.words.SupplyState['ASSEMBLED'], stock.words.SupplyState['ORDERED'], stock.words.SupplyState['SAMPLED'], stock.words.SupplyState['SCHEDULED']]), _negated=True), ('expected_on__isnull', False), _connector='OR'), name='supply_dated')],
            },
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('good', models.PositiveIntegerField(verbose_name='良品')),
                ('defect', models.PositiveIntegerField(verbose_name='次品')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='质检说明')),
                ('at', models.DateTimeField(verbose_name='到货时间')),
                ('by_name', models.CharField(max_length=64, verbose_name='收货人员')),
                ('supply', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='stock.supply')),
            ],
            options={
                'verbose_name': '到货记录',
                'verbose_name_plural': '到货记录',
                'indexes': [models.Index(fields=['supply', 'id'], name='arrival_supply'), models.Index(fields=['at', 'id'], name='arrival_at')],
            },
        ),
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=stock.words.MovementKind.choices, max_length=10, verbose_name='原因')),
                ('ref', core.fields.KeyField(blank=True, max_length=64, verbose_name='单据')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('act', models.UUIDField(null=True)),
                ('by_name', models.CharField(max_length=64, verbose_name='操作人')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('on_hand_before', models.PositiveIntegerField()),
                ('on_hand', models.PositiveIntegerField(verbose_name='在库')),
                ('reserved_before', models.PositiveIntegerField()),
                ('reserved', models.PositiveIntegerField(verbose_name='已预占')),
                ('defect_before', models.PositiveIntegerField()),
                ('defect', models.PositiveIntegerField(verbose_name='次品')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sku', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='stock.sku')),
            ],
            options={
                'verbose_name': '库存流水',
                'verbose_name_plural': '库存流水',
                'indexes': [models.Index(fields=['sku', 'id'], name='movement_sku')],
            },
        ),
    ]
