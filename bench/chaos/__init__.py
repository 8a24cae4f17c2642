"""`make chaos`: many exports, sent by workers that are killed, through lines that break, and counted in the end.

What happens is planned by a seed (`plan.py`): who applies, after how many requests which worker is killed, and what
the n-th request to a place meets. `people.py` fills Greenhouse and our rows, `processes.py` holds what is killed,
`run.py` is the run, and `verdict.py` counts what the sandbox has against what was owed.
"""
