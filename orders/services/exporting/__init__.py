"""Export of what a search shows.

`ask` writes down who wants what · `job` is the worker, page by page · `columns` says what a row
holds, masked or not · `files` are the two formats, written in parts that survive a kill ·
`forget` deletes what is a week old.
"""
