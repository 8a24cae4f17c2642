"""How each part of a connection did last, and what went wrong lately."""

from django.db import models

from integrations.models.connection import Connection, WithProblem


class Step(models.TextChoices):
    """What an employer's connection does, in the order in which it gets going."""

    SIGN_IN = "sign_in", "Sign-in"
    USERS = "users", "Users"
    JOBS = "jobs", "Jobs"
    POSTS = "posts", "Job posts"
    LOCATIONS = "locations", "Locations"
    EXPORTS = "exports", "Exports"
    RESUMES = "resumes", "Résumés"
    STATUS_BACK = "status_back", "Status back"


class StepReport(WithProblem):
    """The last result of one step: well if it names no problem."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="step_reports")
    step = models.CharField(max_length=15, choices=Step.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "step"], name="step_report_unique")]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.problem_code or 'well'}"


class ProblemEntry(WithProblem):
    """One trouble that happened; the newest are kept and shown on the status page."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="problem_entries")
    step = models.CharField(max_length=15, choices=Step.choices)
    at = models.DateTimeField(db_index=True)
    times = models.PositiveIntegerField(default=1, help_text="How often it happened within ten minutes.")

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "problem entries"

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.problem_code}"
