"""A file that was handed in, as a relation of text cells in DuckDB.

CSV in UTF-8 with commas, semicolons or tabs, with or without a byte order mark,
with LF or CRLF; or the first sheet of an Excel workbook. Blanks around a cell are
dropped and an empty cell is NULL; nothing else is changed or guessed.

The engine reads the files that it is given: no network, no extension, and no SQL
that is made of what a file holds.
"""

import csv
import io
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from types import MappingProxyType
from zipfile import BadZipFile, ZipFile

import duckdb
from duckdb import DuckDBPyConnection

from registry.statistics.findings import SHOWN, BadCell, Finding, finding

MEMORY = "768MB"
"""What the engine may use; beyond it, it works on disk."""

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_ZIP = b"PK\x03\x04"
_CHUNK = 1 << 20
_UNPACKED = 2 * 1024**3
_HEADER = 1 << 16
_DELIMITERS = (",", ";", "\t")

IGNORED = "\0"
"""What a heading stands for whose column is not read."""

Headings = Mapping[str, str]
"""What headings stand for, besides themselves, by their folded text."""

NO_HEADINGS: Headings = MappingProxyType({})


def folded(text: str) -> str:
    """Returns a text so that those which people take for the same are the same."""
    return " ".join(text.split()).casefold()


def quoted(name: str) -> str:
    """Returns a name as an SQL identifier; the one way for names into SQL."""
    return '"' + name.replace('"', '""') + '"'


def media_type(path: Path) -> str:
    """Returns what a file is, by its first bytes."""
    with path.open("rb") as file:
        return XLSX if file.read(4) == _ZIP else CSV


class UnreadableError(Exception):
    """The file cannot be read as the table; carries what is wrong with it."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(*(f.rule for f in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the cells of a text are told apart, and which columns they are in."""

    delimiter: str
    header: Sequence[str]


class Cells:
    """The cells of a file, as the relation `cells` with a column for each name.

    Rows are numbered by `rowid` in the order of the file, rows that cannot be
    read left out; those are in `broken`.

    Args:
        connection: to the engine, for this file alone.
        text: the cells as a CSV file.
        columns: which columns the file must have, in any order.
        headings: by what else they may be called.

    Raises:
        UnreadableError: the columns are not those.
    """

    def __init__(
        self,
        connection: DuckDBPyConnection,
        text: Path,
        columns: Sequence[str],
        headings: Headings = NO_HEADINGS,
    ) -> None:
        self.connection = connection
        self._text = text
        layout = _layout(text, columns, headings)
        self._layout = layout
        self.delimiter = layout.delimiter
        names = [f"c{i}" for i in range(len(layout.header))]
        chosen = ", ".join(
            f"nullif(trim({names[layout.header.index(column)]}), '')"
            f" AS {quoted(column)}"
            for column in columns
        )
        connection.execute(
            f"CREATE TEMP TABLE cells AS SELECT {chosen} FROM read_csv(?, "  # noqa: S608
            "columns = ?, delim = ?, header = true, auto_detect = false, quote = '\"',"
            " escape = '\"', strict_mode = true, store_rejects = true)",
            [str(text), dict.fromkeys(names, "VARCHAR"), layout.delimiter],
        )

    def broken(self, shown: int = SHOWN) -> Finding | None:
        """Returns the rows that are not rows of this table, if there are any."""
        rows = self.connection.execute(
            "SELECT line, any_value(csv_line) FROM reject_errors "
            "GROUP BY line ORDER BY line"
        ).fetchall()
        if not rows:
            return None
        texts = {number: text or "" for number, text in rows[:shown]}
        starts = {
            number: line
            for number, line, _ in _rows(self._text, self.delimiter)
            if number in texts
        }
        cells = [BadCell(starts.get(n, n), text.strip()) for n, text in texts.items()]
        width = len(self._layout.header)
        return finding(
            "row-format", count=len(rows), cells=cells, shown=shown, width=width
        )

    def lines(self, rowids: Collection[int]) -> dict[int, int]:
        """Returns the lines of the file at which rows start; reads it once more."""
        wanted = set(rowids)
        if not wanted:
            return {}
        rejects = self.connection.execute("SELECT DISTINCT line FROM reject_errors")
        left_out = {1, *(line for (line,) in rejects.fetchall())}
        starts = (
            line
            for number, line, empty in _rows(self._text, self.delimiter)
            if not empty and number not in left_out
        )
        return {rowid: line for rowid, line in enumerate(starts) if rowid in wanted}


def _rows(text: Path, delimiter: str) -> Iterator[tuple[int, int, bool]]:
    """Yields the number of each row, the line where it starts, whether it is empty.

    Rows are numbered as the engine does in its list of rejects: empty ones are
    counted in, and a line end within a cell does not begin another.
    """
    with text.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        line, number = 1, 1
        # Cells beyond the reader's limit end the search; lines are then unknown.
        with suppress(csv.Error):
            for row in reader:
                yield number, line, not row
                line, number = reader.line_num + 1, number + 1


def header(text: Path) -> Sequence[str]:
    """Returns the cells of the first row of a CSV file in UTF-8."""
    start = _start(text)
    return max((_header(start, mark) for mark in _DELIMITERS), key=len)


def _start(text: Path) -> str:
    with text.open("rb") as file:
        return file.read(_HEADER).removeprefix(BOM_UTF8).decode("utf-8", "ignore")


def _layout(text: Path, columns: Sequence[str], headings: Headings) -> _Layout:
    start = _start(text)
    if not start.strip():
        raise UnreadableError(finding("empty-file", columns=", ".join(columns)))
    layouts = [
        _Layout(mark, [headings.get(folded(c), c) for c in _header(start, mark)])
        for mark in _DELIMITERS
    ]
    layout = max(layouts, key=lambda found: len({*found.header} & {*columns}))
    findings = list(_column_findings(layout.header, columns))
    if findings:
        raise UnreadableError(*findings)
    return layout


def _header(start: str, delimiter: str) -> Sequence[str]:
    row = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
    return [cell.strip() for cell in row]


def _column_findings(
    header: Sequence[str], columns: Sequence[str]
) -> Iterator[Finding]:
    names = ", ".join(columns)
    for column in columns:
        if column not in header:
            yield finding("missing-column", column=column, columns=names)
    for position, column in enumerate(header):
        if column == IGNORED:
            continue
        cells = [BadCell(1, column)]
        if column in header[:position]:
            yield finding("repeated-column", column=column, cells=cells)
        elif column not in columns:
            yield finding("unknown-column", column=column, cells=cells, columns=names)


class Reader:
    """An engine that is shut in with the files that it was given; see `reader`.

    Attributes:
        folder: its own, where further files may be put for it to read.
    """

    def __init__(self, connection: DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder

    @contextmanager
    def opened(
        self, path: Path, columns: Sequence[str], headings: Headings = NO_HEADINGS
    ) -> Iterator[Cells]:
        """Opens a file; what is held of it is let go at the end of the block.

        Args:
            path: the file.
            columns: which columns it must have.
            headings: by what else the columns may be called.

        Raises:
            UnreadableError: it is not a file with these columns.
        """
        with TemporaryDirectory(prefix="table-", dir=self.folder) as folder:
            text = _text(path, Path(folder))
            # Temporary tables are the connection's own.
            with closing(self._connection.cursor()) as connection:
                yield Cells(connection, text, columns, headings)


@contextmanager
def reader(files: Sequence[Path], folders: Sequence[Path] = ()) -> Iterator[Reader]:
    """Starts an engine for files, which takes some 15 ms; ends it with the block.

    Args:
        files: what it may read.
        folders: where else it may read and write.
    """
    with TemporaryDirectory(prefix="tables-") as name:
        folder = Path(name)
        with closing(_engine(files, folder, folders)) as connection:
            yield Reader(connection, folder)


@contextmanager
def opened(
    path: Path,
    columns: Sequence[str],
    folders: Sequence[Path] = (),
    headings: Headings = NO_HEADINGS,
) -> Iterator[Cells]:
    """Opens a file with a reader of its own; see `Reader.opened`.

    Args:
        path: the file.
        columns: which columns it must have.
        folders: where else the engine may read and write.
        headings: by what else the columns may be called.
    """
    with (
        reader([path], folders) as reading,
        reading.opened(path, columns, headings) as cells,
    ):
        yield cells


def _text(path: Path, scratch: Path) -> Path:
    """Returns the cells as a CSV file in UTF-8 whose lines end all alike."""
    text = scratch / "table.csv"
    if media_type(path) == XLSX:
        _unpack(path, text)
        return text
    _check_characters(path)
    if not ends_vary(path):
        return path
    with path.open(encoding="utf-8") as file, text.open("w", encoding="utf-8") as copy:
        copyfileobj(file, copy, _CHUNK)
    return text


def ends_vary(text: Path) -> bool:
    """Says whether a file mixes CRLF, LF and CR, which the engine cannot follow."""
    feeds = returns = pairs = 0
    last = b""
    with text.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last + chunk[:1] == b"\r\n")
            last = chunk[-1:]
    return returns > pairs or 0 < pairs < feeds


def _engine(
    files: Sequence[Path], scratch: Path, folders: Sequence[Path]
) -> DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        },
    )
    # What stands below can be set in a running engine only, the lock last.
    connection.execute("SET temp_directory = ?", [str(scratch)])
    connection.execute("SET allowed_paths = ?", [[str(f) for f in files]])
    connection.execute(
        "SET allowed_directories = ?", [[str(f) for f in (scratch, *folders)]]
    )
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _check_characters(text: Path) -> None:
    """Refuses what is not UTF-8, or holds characters that no table has."""
    decoder = getincrementaldecoder("utf-8")()
    with text.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
                if b"\0" in chunk:
                    raise UnreadableError(_bad_lines(text, "control-character"))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise UnreadableError(_bad_lines(text, "not-utf-8")) from None


def _bad_lines(text: Path, rule: str) -> Finding:
    count = 0
    cells: list[BadCell] = []
    with text.open("rb") as file:
        for number, line in enumerate(_split(file), start=1):
            if _is_bad(line, rule):
                count += 1
                if len(cells) < SHOWN:
                    shown = line.decode("utf-8", "replace").strip()
                    cells.append(BadCell(number, shown))
    return finding(rule, count=count, cells=cells)


def _split(file: io.BufferedReader) -> Iterator[bytes]:
    """Yields lines, none longer than a chunk in memory."""
    while line := file.readline(_CHUNK):
        yield line


def _is_bad(line: bytes, rule: str) -> bool:
    if rule == "control-character":
        return b"\0" in line
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _unpack(workbook: Path, text: Path) -> None:
    """Writes the first sheet of a workbook as CSV, row by row."""
    try:
        with ZipFile(workbook) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
                raise ValueError("it is too large when unpacked")
        with _sheet(workbook) as rows, text.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            width = 0
            for row in rows:
                cells = _trimmed([_cell(value) for value in row])
                width = width or len(cells)
                # An empty row stays an empty line, so that lines can be counted.
                padding = [""] * (width - len(cells)) if cells else []
                writer.writerow([*cells, *padding])
    except (BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise UnreadableError(finding("not-a-workbook", reason=str(error))) from error


@contextmanager
def _sheet(workbook: Path) -> Iterator[Iterator[Sequence[object]]]:
    # Whoever opens none need not wait for the library, which takes long to import.
    from openpyxl import load_workbook

    # By its bytes, since the name of a file need not tell what it is.
    with workbook.open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # What a writer noted as the size of the sheet need not be true.
        sheet.reset_dimensions()
        yield sheet.iter_rows(values_only=True)


def _trimmed(cells: list[str]) -> list[str]:
    """Drops the empty cells at the end, of which a sheet may have many."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(value: object) -> str:
    """Returns a cell as text; a whole number without the point Excel gives it."""
    if value is None:
        return ""
    if isinstance(value, float) and isfinite(value):
        number = Decimal(repr(value))
        return format(number.to_integral() if number % 1 == 0 else number, "f")
    return " ".join(str(value).split())
