"""Forms about people and employers."""

from allauth.account.forms import BaseSignupForm
