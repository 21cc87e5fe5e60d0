"""What is printed: frozen dataclasses in, PDF bytes or bars out. Knows no database (SOP 2.c).

`sheets` say what stands on a paper, `fonts` with which letters, `bars` how a code is drawn;
`labels`, `slips`, `lists` and `stations` draw; `draw` chooses among them.
"""
