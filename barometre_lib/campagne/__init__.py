"""The campaign: the plan, its execution in processes, the manifest, the publication put in place.

Its modules are imported one by one: a worker imports what it executes, and nothing else.
"""
