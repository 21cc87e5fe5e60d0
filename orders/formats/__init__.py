"""Export files of the platforms, read as orders (SOP 5.a). Pure: no Django.

stage(path, into, items=None, mapping=None, late=never) -> Staged
    Reads a CSV or XLSX into the staging file `into`. Call it again until `.done`: it stops
    when `late()` says so and goes on where it stopped, also after a kill. `.position` of
    `.size` bytes for a progress bar; then `.rows` and `.orders`. Raises `Unreadable` (or
    `UnknownFormat` with `.header` and `.sample`, `ItemsAlone`, `NotItems`): its text is for
    the user.
records(into, after=0) -> (cursor, [ImportedOrder] or [RowRejected, …]) for each order
    Go on behind a cursor with `after=cursor`. All rows of an order come together, wherever
    they stand in the file.
discard(into)
    Remove the staging file: it holds personal data.
read_orders(path, items=None, mapping=None) -> ImportedOrder | RowRejected
    Both at once, for a file that needs no slices.
write_rejected(path, header, rows)
    The rejected rows as a CSV that can be corrected and sent again.
peek(path), words(path, column), guess_mapping(header), guess_states(words),
validate_mapping(header, mapping), FIELDS, STATES, Mapping
    For the screen on which a user maps the columns of a file that no format knows.
"""

from core.tables.errors import RowRejected, Unreadable
from core.tables.files import MAX_BYTES
from core.tables.rejected import write_rejected
from orders.formats.errors import ItemsAlone, NotItems, UnknownFormat
from orders.formats.mapped import (
    FIELDS,
    STATES,
    Mapping,
    guess_mapping,
    guess_states,
    validate_mapping,
)
from orders.formats.records import ImportedLine, ImportedOrder, RawRow, Record
from orders.formats.staging import Staged, discard, read_orders, records, stage
from orders.formats.tables import FORMATS, Peek, peek, words

__all__ = [
    "FIELDS",
    "FORMATS",
    "MAX_BYTES",
    "STATES",
    "ImportedLine",
    "ImportedOrder",
    "ItemsAlone",
    "Mapping",
    "NotItems",
    "Peek",
    "RawRow",
    "Record",
    "RowRejected",
    "Staged",
    "UnknownFormat",
    "Unreadable",
    "discard",
    "guess_mapping",
    "guess_states",
    "peek",
    "read_orders",
    "records",
    "stage",
    "validate_mapping",
    "words",
    "write_rejected",
]
