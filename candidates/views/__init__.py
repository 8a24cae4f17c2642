"""Pages of the network; those that show an ATS are in `integrations/views`."""
