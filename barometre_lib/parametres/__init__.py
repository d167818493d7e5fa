"""Parameters: the rules (`params/regles`), the field, the editions (`params/releves`), the press contacts."""
