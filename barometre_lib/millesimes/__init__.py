"""Vintages: what each relève gave of each period, how it was revised, how far it may still move."""
