import core.fields
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('staff', '0001_initial'), ('staff', '0002_api_tokens'), ('staff', '0003_work_calendar'), ('staff', '0004_badges')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('works', models.BooleanField(verbose_name='上班')),
                ('why', models.CharField(blank=True, max_length=100, verbose_name='原因')),
                ('by_name', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '工作日历',
                'verbose_name_plural': '工作日历',
            },
        ),
        migrations.CreateModel(
            name='HistoricalApiToken',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('shop_code', core.fields.KeyField(max_length=32, verbose_name='店铺代码')),
                ('prefix', core.fields.KeyField(db_index=True, max_length=16, verbose_name='开头')),
                ('scopes', models.JSONField(default=list, verbose_name='权限')),
                ('expires_at', models.DateTimeField(verbose_name='有效到')),
                ('made_at', models.DateTimeField(verbose_name='建立时间')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='作废时间')),
                ('history_change_reason', models.UUIDField(db_index=True, null=True)),
                ('history_user_id', models.BigIntegerField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 接口令牌',
                'verbose_name_plural': 'historical 接口令牌',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCalendarDay',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('day', models.DateField(db_index=True, verbose_name='日期')),
                ('works', models.BooleanField(verbose_name='上班')),
                ('why', models.CharField(blank=True, max_length=100, verbose_name='原因')),
                ('by_name', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('history_change_reason', models.UUIDField(db_index=True, null=True)),
                ('history_user_id', models.BigIntegerField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 工作日历',
                'verbose_name_plural': 'historical 工作日历',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalOfficeHours',
            fields=[
                ('weekday', models.PositiveSmallIntegerField(db_index=True, verbose_name='星期')),
                ('opens', models.TimeField(verbose_name='上班')),
                ('break_from', models.TimeField(blank=True, null=True, verbose_name='午休开始')),
                ('break_to', models.TimeField(blank=True, null=True, verbose_name='午休结束')),
                ('closes', models.TimeField(verbose_name='下班')),
                ('by_name', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('history_change_reason', models.UUIDField(db_index=True, null=True)),
                ('history_user_id', models.BigIntegerField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 上班时间',
                'verbose_name_plural': 'historical 上班时间',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('full_name', models.CharField(max_length=64, verbose_name='姓名')),
                ('role', models.CharField(choices=[('agent', '客服'), ('senior', '资深客服'), ('aftersales', '售后'), ('warehouse', '仓库'), ('logistics', '物流'), ('purchasing', '采购'), ('supervisor', '主管'), ('finance', '财务'), ('owner', '负责人')], default='agent', max_length=16, verbose_name='角色')),
                ('shop_codes', models.JSONField(blank=True, default=list, verbose_name='限定店铺')),
                ('shortcuts', models.BooleanField(default=True, verbose_name='单键快捷键')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('shop_code', core.fields.KeyField(max_length=32, verbose_name='店铺代码')),
                ('prefix', core.fields.KeyField(max_length=16, unique=True, verbose_name='开头')),
                ('digest', models.CharField(max_length=64)),
                ('scopes', models.JSONField(default=list, verbose_name='权限')),
                ('expires_at', models.DateTimeField(verbose_name='有效到')),
                ('made_at', models.DateTimeField(verbose_name='建立时间')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='上次使用')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='作废时间')),
            ],
            options={
                'verbose_name': '接口令牌',
                'verbose_name_plural': '接口令牌',
                'indexes': [models.Index(fields=['shop_code', '-id'], name='token_shop')],
            },
        ),
        migrations.CreateModel(
            name='Badge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.fields.KeyField(max_length=32, unique=True, verbose_name='工牌号')),
                ('pin', models.CharField(max_length=128)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('locked_until', models.DateTimeField(blank=True, null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='badge', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '工牌',
                'verbose_name_plural': '工牌',
            },
        ),
        migrations.CreateModel(
            name='OfficeHours',
            fields=[
                ('weekday', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='星期')),
                ('opens', models.TimeField(verbose_name='上班')),
                ('break_from', models.TimeField(blank=True, null=True, verbose_name='午休开始')),
                ('break_to', models.TimeField(blank=True, null=True, verbose_name='午休结束')),
                ('closes', models.TimeField(verbose_name='下班')),
                ('by_name', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '上班时间',
                'verbose_name_plural': '上班时间',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('break_from__isnull', True), ('break_to__isnull', True), ('opens__lt', models.F('closes'))), models.Q(('break_from__lt', models.F('break_to')), ('break_to__lt', models.F('closes')), ('opens__lt', models.F('break_from'))), _connector='OR'), name='office_hours'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='office_weekday')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, choices=[('agent', '客服'), ('senior', '资深客服'), ('aftersales', '售后'), ('warehouse', '仓库'), ('logistics', '物流'), ('purchasing', '采购'), ('supervisor', '主管'), ('finance', '财务'), ('owner', '负责人')], max_length=16)),
                ('text', models.CharField(max_length=200)),
                ('url', models.CharField(blank=True, max_length=200)),
                ('key', models.CharField(max_length=100, null=True, unique=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('read_by', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '通知',
                'verbose_name_plural': '通知',
                'indexes': [models.Index(fields=['to', '-at'], name='notice_to'), models.Index(condition=models.Q(('role', ''), _negated=True), fields=['role', '-at'], name='notice_role')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=60)),
                ('seen_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-seen_at'], name='presence_last')],
                'constraints': [models.UniqueConstraint(fields=('subject', 'user'), name='presence_one')],
            },
        ),
        migrations.CreateModel(
            name='Reveal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('subject_no', models.CharField(blank=True, max_length=32, verbose_name='订单号')),
                ('reason', models.CharField(max_length=100, verbose_name='原因')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('until', models.DateTimeField(verbose_name='有效到')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reveals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '查看隐私记录',
                'verbose_name_plural': '查看隐私记录',
                'indexes': [models.Index(fields=['user', 'subject_kind', 'subject_id', '-until'], name='reveal_of'), models.Index(fields=['-at', '-id'], name='reveal_at')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('query', models.CharField(max_length=1000, verbose_name='条件')),
                ('shared', models.BooleanField(default=False, verbose_name='共享')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '保存的视图',
                'verbose_name_plural': '保存的视图',
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='view_name')],
            },
        ),
    ]
