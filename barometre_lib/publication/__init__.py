"""Pages: the HTML template, the export of notebooks, the indexes, the downloads.

Its modules are imported one by one: a worker imports the export of notebooks, and nothing else.
"""
