"""Many people of the network at once: written in bulk, and made up for demonstrations and measurements."""
