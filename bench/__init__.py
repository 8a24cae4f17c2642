"""How fast the program does what an employer waits for; `python -m bench` runs it, README.md explains it."""
