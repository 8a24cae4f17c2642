"""Joining the network, and everything somebody of it may do with what is theirs: see, change, take along, delete."""
