"""Runs the whole program, and its tests, as a family of processes on one machine."""
