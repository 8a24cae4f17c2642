"""The one signal of the project."""

from django.dispatch import Signal

# Sent by `services.submit_application` with `application`, inside its transaction: whatever a receiver
# writes is committed together with the application, or not at all. A receiver must do no I/O.
application_submitted = Signal()
