import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0010_close_months"),
        ("reports", "0002_write_causes_of_low_effectiveness"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30, verbose_name="вид")),
                ("asked", models.JSONField(verbose_name="що просили")),
                ("title", models.CharField(max_length=300, verbose_name="назва")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "чекає"),
                            ("running", "виконується"),
                            ("done", "готово"),
                            ("failed", "не вийшло"),
                            ("cancelled", "скасовано"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=9,
                        verbose_name="стан",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="зроблено кроків")),
                ("steps", models.PositiveIntegerField(default=0, verbose_name="усього кроків")),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="що робиться")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="спроб")),
                ("worker", models.CharField(blank=True, max_length=32)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="коли просили")),
                (
                    "started_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="коли почато"),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="коли завершено"),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to="jobs/", verbose_name="файл"
                    ),
                ),
                (
                    "file_name",
                    models.CharField(blank=True, max_length=200, verbose_name="назва файла"),
                ),
                ("error", models.TextField(blank=True, verbose_name="чому не вийшло")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="хто просив",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to="budgets.community",
                        verbose_name="громада",
                    ),
                ),
            ],
            options={
                "verbose_name": "завдання",
                "verbose_name_plural": "завдання",
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "asked_at"], name="reports_job_state_77f1ed_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("steps"))),
                        name="job_progress_within_its_steps",
                        violation_error_message="Зроблено більше, ніж усього.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "running"), _negated=True),
                            models.Q(
                                ("heartbeat_at__isnull", False),
                                models.Q(("worker", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="running_job_has_a_worker",
                        violation_error_message="Завдання, що виконується, має виконавця.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(("file", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="done_job_has_a_file",
                        violation_error_message="Готове завдання має файл.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="failed_job_says_why",
                        violation_error_message="Завдання, що не вийшло, каже чому.",
                    ),
                ],
            },
        ),
    ]
