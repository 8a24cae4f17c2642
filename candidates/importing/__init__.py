"""Bringing people in from a CSV file: what its columns mean, what is wrong in it, and what came of every row."""
