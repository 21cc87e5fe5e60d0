"""Import of platforms' export files (SOP 5.a): an upload becomes a job, worked in slices.

`upload` keeps the file and enqueues · `job` is the worker · `chunk` does some hundred orders in
one act: `new` ones by bulk, `known` ones field by field, never taking back what is newer or what
an agent did by hand.
"""
