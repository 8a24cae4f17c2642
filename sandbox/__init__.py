"""A stand-in for Greenhouse: Harvest v3, its auth host and a recruiter's page, on one port of its own."""
