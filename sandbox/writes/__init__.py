"""The write operations of the API, one module per kind of record."""
