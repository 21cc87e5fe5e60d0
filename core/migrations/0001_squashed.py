import core.fields
import core.trace
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('core', '0001_initial'), ('core', '0002_initial'), ('core', '0003_messages'), ('core', '0004_payload_may_be_unreadable'), ('core', '0005_tally_and_request_id'), ('core', '0006_inbox_kept')]

    initial = True

    dependencies = [
        ('staff', '0001_squashed'),
    ]

    operations = [
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=40, verbose_name='类别')),
                ('key', models.CharField(max_length=120, unique=True, verbose_name='键')),
                ('line', models.CharField(blank=True, max_length=64, verbose_name='次序')),
                ('state', models.CharField(choices=[('pending', '待发送'), ('claimed', '发送中'), ('done', '已送达'), ('failed', '失败'), ('given_up', '已放弃'), ('kept', '已留存')], default='pending', max_length=8, verbose_name='状态')),
                ('not_before', models.DateTimeField(verbose_name='最早处理时间')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('lease', models.UUIDField(null=True)),
                ('error', models.CharField(blank=True, max_length=500, verbose_name='错误')),
                ('order_no', models.CharField(blank=True, max_length=32, verbose_name='订单号')),
                ('request_id', models.CharField(db_default='', default=core.trace.request_id, max_length=64, verbose_name='请求编号')),
                ('created_at', models.DateTimeField(verbose_name='写下时间')),
                ('done_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('raw', models.BinaryField(verbose_name='原文')),
                ('shop', models.CharField(blank=True, max_length=32, verbose_name='店铺代码')),
            ],
            options={
                'verbose_name': '收到的消息',
                'verbose_name_plural': '收到的消息',
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'claimed'])), fields=['not_before', 'id'], name='inbox_due'), models.Index(condition=models.Q(('state__in', ['pending', 'claimed']), models.Q(('line', ''), _negated=True)), fields=['line', 'id'], name='inbox_line'), models.Index(condition=models.Q(('state__in', ['pending', 'claimed'])), fields=['created_at'], name='inbox_age'), models.Index(condition=models.Q(('state', 'failed')), fields=['id'], name='inbox_failed'), models.Index(condition=models.Q(('state__in', ['done', 'given_up'])), fields=['done_at'], name='inbox_done'), models.Index(condition=models.Q(('order_no', ''), _negated=True), fields=['order_no', 'id'], name='inbox_order'), models.Index(condition=models.Q(('state', 'kept')), fields=['topic', 'id'], name='inbox_kept')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=40, verbose_name='类别')),
                ('key', models.CharField(max_length=120, unique=True, verbose_name='键')),
                ('line', models.CharField(blank=True, max_length=64, verbose_name='次序')),
                ('state', models.CharField(choices=[('pending', '待发送'), ('claimed', '发送中'), ('done', '已送达'), ('failed', '失败'), ('given_up', '已放弃'), ('kept', '已留存')], default='pending', max_length=8, verbose_name='状态')),
                ('not_before', models.DateTimeField(verbose_name='最早处理时间')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('lease', models.UUIDField(null=True)),
                ('error', models.CharField(blank=True, max_length=500, verbose_name='错误')),
                ('order_no', models.CharField(blank=True, max_length=32, verbose_name='订单号')),
                ('request_id', models.CharField(db_default='', default=core.trace.request_id, max_length=64, verbose_name='请求编号')),
                ('created_at', models.DateTimeField(verbose_name='写下时间')),
                ('done_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('payload', core.fields.PayloadField(verbose_name='内容')),
            ],
            options={
                'verbose_name': '待发消息',
                'verbose_name_plural': '待发消息',
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'claimed'])), fields=['not_before', 'id'], name='outbox_due'), models.Index(condition=models.Q(('state__in', ['pending', 'claimed']), models.Q(('line', ''), _negated=True)), fields=['line', 'id'], name='outbox_line'), models.Index(condition=models.Q(('state__in', ['pending', 'claimed'])), fields=['created_at'], name='outbox_age'), models.Index(condition=models.Q(('state', 'failed')), fields=['id'], name='outbox_failed'), models.Index(condition=models.Q(('state__in', ['done', 'given_up'])), fields=['done_at'], name='outbox_done'), models.Index(condition=models.Q(('order_no', ''), _negated=True), fields=['order_no', 'id'], name='outbox_order')],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('labels', models.CharField(max_length=300)),
                ('value', models.FloatField()),
            ],
            options={
                'verbose_name': '计数',
                'verbose_name_plural': '计数',
                'constraints': [models.UniqueConstraint(fields=('name', 'labels'), name='tally_series')],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('verb', models.CharField(max_length=40)),
                ('subject_kind', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('order_no', models.CharField(blank=True, max_length=32)),
                ('actor_kind', models.CharField(max_length=10)),
                ('actor_name', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('clause', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('channel', models.CharField(blank=True, max_length=20)),
                ('outcome', models.CharField(choices=[('done', '已完成'), ('refused', '被拒绝')], default='done', max_length=8)),
                ('token', models.UUIDField(null=True)),
                ('summary', models.CharField(blank=True, max_length=500)),
                ('changes', models.JSONField(default=list)),
                ('say', models.JSONField(null=True)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('part_of', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.act')),
            ],
            options={
                'verbose_name': '操作',
                'verbose_name_plural': '操作',
                'indexes': [models.Index(condition=models.Q(('order_no', ''), _negated=True), fields=['order_no', 'at'], name='act_order'), models.Index(condition=models.Q(('order_no', '')), fields=['subject_kind', 'subject_id', 'at'], name='act_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('token__isnull', False)), fields=('token',), name='act_token')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('pending', '排队中'), ('running', '进行中'), ('done', '已完成'), ('failed', '失败'), ('cancelled', '已取消')], default='pending', max_length=10)),
                ('params', models.JSONField(default=dict)),
                ('cursor', models.JSONField(default=dict)),
                ('result', models.JSONField(default=dict)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('total', models.PositiveBigIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('lease', models.UUIDField(null=True)),
                ('not_before', models.DateTimeField()),
                ('request_id', models.CharField(db_default='', default=core.trace.request_id, max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '后台任务',
                'verbose_name_plural': '后台任务',
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['not_before'], name='job_due'), models.Index(fields=['by', '-created_at'], name='job_by'), models.Index(condition=models.Q(('state', 'failed')), fields=['finished_at'], name='job_failed')],
            },
        ),
        migrations.CreateModel(
            name='Sentence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(blank=True, max_length=32, verbose_name='店铺代码')),
                ('key', models.CharField(max_length=64, verbose_name='句子')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('text', models.TextField(verbose_name='内容')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '告知买家的话',
                'verbose_name_plural': '告知买家的话',
                'constraints': [models.UniqueConstraint(fields=('scope', 'key', 'version'), name='sentence_version')],
            },
        ),
    ]
