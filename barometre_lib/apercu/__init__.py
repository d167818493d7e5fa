"""The preview: one page of the catalogue, without gate nor publication, once or made again at each save."""
