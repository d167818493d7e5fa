"""The register: its files read into one typed table, and what its contract asks of each cell."""
