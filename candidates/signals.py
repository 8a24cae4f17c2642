"""The two signals of the project: whatever a receiver writes is committed together with its cause, or not at all."""

from django.dispatch import Signal

# Receivers must do no I/O.
# Sent by `services.submit_application` with `application`, inside its transaction.
application_submitted = Signal()
# Sent by `joining.leaving.leave` with `candidate`, `employer` and those `applications` that go, inside its transaction
# and while their data are still there, for each employer that loses any.
candidate_leaving = Signal()
