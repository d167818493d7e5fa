"""Pairs of rows that may speak of one movement, or of one site or firm in two movements; a person says which."""
