"""Tables that people bring: CSV and XLSX, read row by row, whatever is wrong with them.

Knows no business word: `orders/formats` and the goods import say what the columns mean.
"""
