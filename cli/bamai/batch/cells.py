"""Columns of text as bytes in one buffer, and the judge over whole columns of them.

The judge (:mod:`bamai.answers`) is plain Python and knows every rule and every message; here it is asked once
per *distinct* text of a question. What it said is kept in a table, and a cell is looked up there by its bytes,
so that a million cells cost a few numpy passes. Plain decimal numbers have too many distinct texts for that:
they are read by arithmetic on their bytes, and whatever is not plainly a number inside the question's range
goes to the judge like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from bamai.answers import ANSWERED, MEMO, NO_BAND, OPEN, Cell, Column, Judge
from bamai.errors import Problem
from bamai.questionnaire import NUMERIC, Question
from bamai.schema import MILLION, millionths

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Flags, Ints

    Bytes = npt.NDArray[np.uint8]
    Words = npt.NDArray[np.uint64]
    Codes = npt.NDArray[np.intp]
    Sizes = npt.NDArray[np.uint8]

WORD = 8
KNOWN_WORDS = 4
"""Texts of up to this many words of eight bytes are looked up by their bytes; longer ones by an Arrow dictionary."""

MANY = 1 << 12
"""Rows from which it pays to look up short and long texts apart."""

LESSON = 1 << 10
"""Rows from which new texts are learnt at once."""

MOST_WORDS = 8
"""Words that may be read of a cell, and so the room that must follow the last one."""

PADDING = WORD * (MOST_WORDS + 1)

_LEFT = np.array([(1 << 8 * count) - 1 for count in range(WORD + 1)], np.uint64)  # a word's first bytes, by count
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xC2B2AE3D27D4EB4F)


def padded(*parts: Any) -> Bytes:
    """Bytes one after the other, aligned and followed by the padding that reading in whole words needs."""
    size = sum(len(part) for part in parts)
    data = np.empty((size + PADDING) // WORD + 1, np.uint64).view(np.uint8)
    data[size:] = 0
    start = 0
    for part in parts:
        data[start : start + len(part)] = np.frombuffer(part, np.uint8)
        start += len(part)
    return data


class TextColumn(NamedTuple):
    """One column of text: cell *i* is ``data[starts[i]:starts[i] + lengths[i]]``, UTF-8.

    ``data`` is made by :func:`padded`. ``plain`` says that no cell can hold
    a NUL byte, so that a short cell may be told from another by its zero-padded words;
    ``bare`` that none holds a quote, a comma or the end of a line.
    """

    data: Bytes
    starts: Ints
    lengths: Ints
    plain: bool = True
    bare: bool = False

    @classmethod
    def of(cls, array: Any) -> TextColumn:
        """The cells of an Arrow array of strings; null is the empty text."""
        if pa.types.is_large_string(array.type):
            array = array.cast(pa.string())
        _, offset_buffer, data_buffer = array.buffers()
        offsets = np.frombuffer(offset_buffer, np.int32, len(array) + 1, array.offset * 4).astype(np.int64)
        first, last = int(offsets[0]), int(offsets[-1])
        data = padded(b"" if data_buffer is None else memoryview(data_buffer)[first:last])
        starts = offsets[:-1] - first
        lengths = np.diff(offsets)
        if array.null_count:
            lengths[array.is_null().to_numpy(zero_copy_only=False)] = 0
        return cls(data, starts, lengths, not (data[: last - first] == 0).any())

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> TextColumn:
        """The cells that *texts* spell."""
        encoded = [text.encode() for text in texts]
        lengths = np.array([len(text) for text in encoded], np.int64)
        starts = np.cumsum(lengths) - lengths
        content = b"".join(encoded)
        return cls(padded(content), starts, lengths, b"\0" not in content)

    def take(self, rows: Codes) -> TextColumn:
        """The cells of some rows, by index."""
        return self._replace(starts=self.starts.take(rows), lengths=self.lengths.take(rows))

    def words(self, count: int, *, clear: bool = True) -> list[Words]:
        """The first *count* words of every cell, zero beyond its end; whatever stands there if not *clear*."""
        aligned = self.data.view(np.uint64)
        index = self.starts >> 3
        bits = self.starts & 7
        bits <<= 3
        shift = bits.view(np.uint64)
        # numpy shifts a word by its whole width to nothing, which is what an aligned cell and a full word need
        back = np.uint64(64) - shift
        # every index lies inside: clipping, which takes less time than looking for one that does not, changes none
        following = aligned.take(index, mode="clip")
        found = []
        for number in range(count):
            word = following
            word >>= shift
            index += 1
            following = aligned.take(index, mode="clip")
            word |= following << back if number < count - 1 else np.left_shift(following, back, out=following)
            if clear:
                # here it clips: nothing is left below no bytes, and no more than a word above
                word &= _LEFT.take(self.lengths - WORD * number if number else self.lengths, mode="clip")
            found.append(word)
        return found

    def views(self) -> Words:
        """Arrow's views of the cells, two words each: a size, and the text, or its beginning and where it lies."""
        views = np.zeros((len(self.starts), 4), np.uint32)
        views[:, 0] = self.lengths
        low, high = self.words(2)
        views[:, 1] = low & np.uint64(0xFFFFFFFF)
        inline = self.lengths <= 12
        views[:, 2] = np.where(inline, low >> np.uint64(32), 0)
        views[:, 3] = np.where(inline, high & np.uint64(0xFFFFFFFF), self.starts)
        return views.view(np.uint64)

    def arrow(self) -> pa.StringArray:
        """As an Arrow array of strings."""
        buffers = [None, pa.py_buffer(self.views()), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.string_view(), len(self.starts), buffers).cast(pa.string())

    def text(self, row: int) -> str:
        """One cell; bytes that are no UTF-8 become escapes."""
        start = int(self.starts[row])
        return bytes(self.data[start : start + int(self.lengths[row])]).decode("utf-8", "backslashreplace")

    def blank(self) -> Flags:
        """Cells that are empty or hold white space only."""
        empty = self.lengths == 0
        # a cell that begins with a space or a byte of U+3000 is looked at as text
        doubtful = _SPACE_LEADS.take(self.data.take(self.starts)) & ~empty
        for row in np.flatnonzero(doubtful).tolist():
            empty[row] = not self.text(row).strip()
        blank: Flags = empty
        return blank


_SPACE_LEADS = np.zeros(256, np.bool_)
_SPACE_LEADS[[*range(0x21), 0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = True


def joined(columns: Sequence[TextColumn]) -> TextColumn:
    """The cells of several columns one after the other; they are copied together only where their bytes are apart."""
    runs = [list(run) for _, run in groupby(columns, lambda column: id(column.data))]
    whole = [
        TextColumn(
            run[0].data, np.concatenate([column.starts for column in run]),
            np.concatenate([column.lengths for column in run]), all(column.plain for column in run),
        )
        for run in runs
    ]  # fmt: skip
    return whole[0] if len(whole) == 1 else TextColumn.of(pa.concat_arrays([column.arrow() for column in whole]))


class ReadColumn(NamedTuple):
    """A judged column: where ``codes`` is not negative, ``problems[codes[row]]`` says why the cell was refused.

    Attributes:
        bad: rows with a refused cell, or None where there is none.
        codes: index into ``problems`` by row; only meaningful where ``bad``.
        suspicious: rows with a percentage that may have been meant as a share of 1.
    """

    column: Column
    bad: Flags | None
    codes: Codes | None
    problems: Sequence[Problem | None]
    suspicious: Flags | None


class TextTable:
    """Numbers the distinct texts of a column, and hands each to *learn* when it is new.

    Not for several threads at once: each has its own. At most :data:`~bamai.answers.MEMO` texts are kept.
    """

    def __init__(self, learn: Callable[[str], None]) -> None:
        self._learn_text = learn
        self._codes: dict[str, int] = {}
        self._single = np.full(256, -1, np.intp)  # texts of one byte
        # by the most words that a text of a column has: beside longer ones a text must not be told by its beginning
        self._slots = [_Slots(words, 1 << 10) for words in range(1, KNOWN_WORDS + 1)]

    def __len__(self) -> int:
        return len(self._codes)

    def codes(self, texts: TextColumn) -> Codes:
        """The number of every cell's text, from 0 in the order in which they were first seen."""
        lengths = texts.lengths
        if not lengths.size:
            return np.zeros(0, np.intp)
        if not texts.plain:
            return self._learn(texts)
        single = lengths == 1
        if np.count_nonzero(single) * 2 < len(lengths):
            return self._search(texts)
        # most answers are one letter or digit: those are looked up by that byte, others by 0, which none of them is
        leads = texts.data.take(texts.starts)
        leads *= single
        codes = self._single.take(leads)
        missed = np.flatnonzero(codes < 0)
        if missed.size:
            rest = texts.take(missed)
            codes[missed] = found = self._search(rest)
            alone = np.flatnonzero(rest.lengths == 1)
            self._single[rest.data[rest.starts[alone]]] = found[alone]
        return codes

    def _search(self, texts: TextColumn) -> Codes:
        """Codes by the words of the texts."""
        longest = int(texts.lengths.max())
        long = np.flatnonzero(texts.lengths > WORD) if longest > WORD and len(texts.lengths) >= MANY else None
        if long is None or long.size * 2 > len(texts.lengths):
            return self._found(texts, min(max((longest + WORD - 1) // WORD, 1), KNOWN_WORDS))
        # where few are longer than a word the others are told by theirs alone
        codes = self._found(texts, 1, but=long)
        codes[long] = self._search(texts.take(long))
        return codes

    def _found(self, texts: TextColumn, count: int, but: Codes | None = None) -> Codes:
        """Codes by *count* words; those of the rows *but* mean nothing."""
        words = texts.words(count)
        slots = self._slots[count - 1]
        codes = slots.find(words, texts.lengths)
        if but is not None:
            codes[but] = 0
        missed = np.flatnonzero(codes < 0)
        while missed.size:
            # what is new comes again soon, so a few rows teach most of it
            some, missed = missed[:LESSON], missed[LESSON:]
            codes[some] = learnt = self._learn(texts.take(some))
            if len(self._codes) * 4 > slots.size:
                slots = self._slots[count - 1] = slots.grown()
            slots.put([word[some] for word in words], texts.lengths[some], learnt)
            if missed.size:
                codes[missed] = slots.find([word[missed] for word in words], texts.lengths[missed])
                missed = missed[codes[missed] < 0]
        return codes

    def _learn(self, texts: TextColumn) -> Codes:
        encoded = texts.arrow().dictionary_encode()
        known = np.array([self._code(text) for text in encoded.dictionary.to_pylist()], np.intp)
        codes: Codes = known[encoded.indices.to_numpy(zero_copy_only=False)]
        return codes

    def _code(self, text: str) -> int:
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = len(self._codes)
            self._learn_text(text)
        return code


class ColumnReader:
    """Reads columns of one question."""

    def __init__(self, judge: Judge, question: Question) -> None:
        self._judge = judge
        self._name = question.id
        self._numbers = _Numbers(question) if _plain_numbers(question) else None
        self._forget()

    def read(self, texts: TextColumn) -> ReadColumn:
        """The answers of a column."""
        if len(self._table) > MEMO:
            self._forget()
        if self._numbers is not None:
            return self._read_numbers(self._numbers, texts)
        codes = self._table.codes(texts)
        distinct, refused, suspicious = self._judged()
        return ReadColumn(Column.coded(distinct, codes), *self._verdict(refused, codes),
                          suspicious.take(codes) if suspicious.any() else None)  # fmt: skip

    def _read_numbers(self, numbers: _Numbers, texts: TextColumn) -> ReadColumn:
        value, plain = numbers.read(texts)
        suspicious = plain & (value < MILLION) & (value > 0) if numbers.percent else None
        state = np.full(len(value), ANSWERED, np.int8)
        band = np.full(len(value), NO_BAND, np.int8)
        others = np.flatnonzero(~plain)
        if not others.size:
            return ReadColumn(Column(state, value, band), None, None, (), suspicious)
        codes = self._table.codes(texts.take(others))
        distinct, is_refused, is_suspicious = self._judged()
        state[others], value[others], band[others] = distinct.state[codes], distinct.value[codes], distinct.band[codes]
        if suspicious is not None:
            suspicious[others] = is_suspicious[codes]
        refused, _, problems = self._verdict(is_refused, codes)
        if refused is None:
            return ReadColumn(Column(state, value, band), None, None, (), suspicious)
        bad = np.zeros(len(value), np.bool_)
        bad[others] = refused
        every = np.zeros(len(value), np.intp)
        every[others] = codes
        return ReadColumn(Column(state, value, band), bad, every, problems, suspicious)

    def _verdict(self, refused: Flags, codes: Codes) -> tuple[Flags | None, Codes | None, Sequence[Problem | None]]:
        if not refused.any():
            return None, None, ()
        bad = refused.take(codes)
        return (bad, codes, self._problems) if bad.any() else (None, None, ())

    def _forget(self) -> None:
        self._table = TextTable(self._ask)
        self._new: list[Cell] = []
        self._problems: list[Problem | None] = []
        self._known = _Distinct(Column.of([]), np.zeros(0, np.bool_), np.zeros(0, np.bool_))

    def _ask(self, text: str) -> None:
        judged = self._judge.cell(self._name, text)
        self._new.append(Cell(OPEN) if isinstance(judged, Problem) else judged)
        self._problems.append(judged if isinstance(judged, Problem) else None)

    def _judged(self) -> _Distinct:
        """All distinct answers so far."""
        if self._new:
            before = len(self._known.refused)
            refused = [problem is not None for problem in self._problems[before:]]
            suspicious = [cell.suspicious for cell in self._new]
            self._known = _Distinct(
                self._known.column.followed_by(Column.of(self._new)),
                np.concatenate([self._known.refused, np.array(refused, np.bool_)]),
                np.concatenate([self._known.suspicious, np.array(suspicious, np.bool_)]),
            )
            self._new = []
        return self._known


class _Distinct(NamedTuple):
    """Distinct answers, which of them were refused, and which may have been meant as shares of 1."""

    column: Column
    refused: Flags
    suspicious: Flags


def _plain_numbers(question: Question) -> bool:
    """Whether digits can only mean a number: a band might be called 1."""
    if question.kind not in NUMERIC or question.min is None or question.max is None:
        return False
    names = (*question.letters, *question.option_ids)
    return not any(character.isdigit() for name in names for character in name[:1])


class _Slots:
    """Codes of texts by their words: a direct-mapped table, so that what does not fit is only asked for again.

    Every text in it has *count* words, zeros included. Cells here hold no NUL byte: their zero-padded words tell
    how long they are, too.
    """

    LIMIT = 1 << 16

    def __init__(self, count: int, size: int) -> None:
        self.size = size
        self._shift = np.uint64(64 - (size.bit_length() - 1))
        self._words = np.zeros((count, size), np.uint64)
        self._codes = np.full(size, -1, np.intp)

    def grown(self) -> _Slots:
        """The same texts in a table of eight times the size, up to the limit."""
        if self.size >= self.LIMIT:
            return self
        larger = _Slots(len(self._words), self.size * 8)
        held = np.flatnonzero(self._codes >= 0)
        larger._fill([words[held] for words in self._words], self._codes[held])
        return larger

    def _slot(self, words: list[Words]) -> Codes:
        mixed = words[0] * _MIX
        for word in words[1:]:
            mixed = ((mixed >> np.uint64(29)) ^ mixed ^ word) * _STIR
        return (mixed >> self._shift).view(np.intp)

    def find(self, words: list[Words], lengths: Ints) -> Codes:
        """Codes, or -1 where the text is not in the table."""
        slot = self._slot(words)
        codes = self._codes.take(slot)
        same = self._words[0].take(slot) == words[0]
        for known, word in zip(self._words[1:], words[1:], strict=True):
            same &= known.take(slot) == word
        if len(words) == KNOWN_WORDS:
            same &= lengths <= KNOWN_WORDS * WORD
        if not same.all():
            codes[~same] = -1
        return codes

    def put(self, words: list[Words], lengths: Ints, codes: Codes) -> None:
        """Remember texts; those longer than the table's words are left out."""
        if len(words) == KNOWN_WORDS:
            fits = np.flatnonzero(lengths <= KNOWN_WORDS * WORD)
            words, codes = [word[fits] for word in words], codes[fits]
        self._fill(words, codes)

    def _fill(self, words: list[Words], codes: Codes) -> None:
        slot = self._slot(words)
        # several texts may want one slot: the last one gets it, whole
        owner = np.full(self.size, -1, np.intp)
        owner[slot] = np.arange(len(slot))
        taken = np.flatnonzero(owner >= 0)
        rows = owner[taken]
        for index, word in enumerate(words):
            self._words[index][taken] = word[rows]
        self._codes[taken] = codes[rows]


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────

_DIGITS = 8
_PLACES = 6
_ZEROS = np.uint64(0x3030303030303030)
_TENS = np.array([10 ** (_PLACES - n) for n in range(_PLACES + 1)], np.int64)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_ONES = np.uint64(0x0101010101010101)
_TOPS = np.uint64(0x8080808080808080)


class _Numbers:
    """Reads ``12``, ``57.7`` and, where the range allows it, ``-8.5``: up to eight digits before the point and six
    after it. Everything else — units, commas, full-width digits, letters of bands, mistakes — is the judge's."""

    def __init__(self, question: Question) -> None:
        assert question.min is not None and question.max is not None
        self.percent = question.kind == "percent"
        self._low = millionths(question.min)
        self._high = millionths(question.max)
        self._integer = question.integer
        self._whole = question.kind == "number"

    def read(self, texts: TextColumn) -> tuple[Ints, Flags]:
        """Millionths, and which cells were read."""
        negative = None
        if self._low < 0:
            negative = (texts.data.take(texts.starts) == ord("-")) & (texts.lengths > 0)
            texts = texts._replace(starts=texts.starts + negative, lengths=texts.lengths - negative)
        value, plain, broken = self._short(texts)
        long = np.flatnonzero(texts.lengths > WORD)
        if long.size:
            value[long], plain[long] = _long_number(texts.take(long))
        if negative is not None:
            value = np.where(negative, -value, value)
        above = value - self._low if self._low else value
        plain &= above.view(np.uint64) <= np.uint64(self._high - self._low)  # what is below is far above then
        if self._integer:
            # several times faster than a remainder
            some = value if broken is None else value[broken]
            whole = some // MILLION * MILLION == some
            if broken is None:
                plain &= whole
            else:
                plain[broken] &= whole
        return value, plain

    def _short(self, texts: TextColumn) -> tuple[Ints, Flags, Codes | None]:
        """Numbers of at most eight bytes, of which whole ones take half the work: a column of them is read so, and
        the rest of it again. The last is the rows that may be broken numbers; None for all."""
        short = texts.lengths <= WORD
        lengths = np.minimum(texts.lengths, WORD).astype(np.uint8)
        [word] = texts.words(1, clear=False)
        if not self._whole:
            return *_decimal(word, lengths, short), None
        value, plain = _digits(word, lengths)
        short &= lengths > 0
        plain &= short
        value *= MILLION
        others = np.flatnonzero(~plain)
        if others.size:
            value[others], plain[others] = _decimal(word[others], lengths[others], short[others])
            self._whole = others.size * 4 < len(value)
        return value, plain, others


def _decimal(word: Words, lengths: Sizes, short: Flags) -> tuple[Ints, Flags]:
    """Numbers in words, with or without a point; what stands in a word beyond *lengths* is passed over."""
    # the lowest byte that is a point; without one every byte is before it, and the word stays as it is
    apart = word ^ _DOTS
    marked = apart - _ONES
    np.invert(apart, out=apart)
    marked &= apart
    marked &= _TOPS
    before = ~marked
    before += np.uint64(1)
    before &= marked
    before >>= np.uint64(7)
    before -= np.uint64(1)
    whole = np.minimum(np.bitwise_count(before) >> np.uint8(3), lengths)
    has_point = whole < lengths
    digits = lengths - has_point
    joined_up = word >> np.uint64(8)
    joined_up ^= word
    joined_up &= np.invert(before, out=before)
    joined_up ^= word
    value, plain = _digits(joined_up, digits)
    places = digits - whole
    plain &= (whole > 0) & (places <= _PLACES) & short & (has_point <= places)
    value *= _TENS.take(places, mode="clip")
    return value, plain


def _long_number(texts: TextColumn) -> tuple[Ints, Flags]:
    """Numbers of nine to fifteen bytes: the parts before and after the point by themselves."""
    first, second = texts.words(2)
    whole = np.full(len(first), 2 * WORD, np.int64)
    for start, word in ((WORD, second), (0, first)):
        marked = ((word ^ _DOTS) - _ONES) & ~(word ^ _DOTS) & _TOPS
        below = (marked & (~marked + np.uint64(1))) - np.uint64(1)
        position = start + (np.bitwise_count(below).astype(np.int64) >> 3)
        whole = np.where(marked != 0, position, whole)
    places = texts.lengths - whole - 1
    sound = (whole > 0) & (whole <= _DIGITS) & (places > 0) & (places <= _PLACES)
    left = np.where(sound, whole, 0).astype(np.uint8)
    right = texts._replace(starts=texts.starts + np.where(sound, whole + 1, 0), lengths=np.where(sound, places, 0))
    units, plain = _digits(first, left)
    parts, plain_parts = _digits(right.words(1, clear=False)[0], right.lengths.astype(np.uint8))
    return units * MILLION + parts * _TENS[right.lengths], sound & plain & plain_parts


def _digits(word: Words, count: Sizes) -> tuple[Ints, Flags]:
    """The number that the first *count* bytes (at most eight) of each word spell, and whether they are digits.

    The eight bytes are aligned so that the number ends at the highest one, with zeros before it; then pairs,
    quadruples and halves are put together by one multiplication each.
    """
    shift = ((np.uint8(WORD) - count) << np.uint8(3)).astype(np.uint64)
    number = _ZEROS >> shift
    number ^= word
    number <<= shift
    # a byte above 9 reaches the top bit by what is added, or has it
    above = number + np.uint64(0x7676767676767676)
    above |= number
    above &= _TOPS
    plain = above == 0
    for factor, width, halves in _PAIRS:
        number *= factor
        number >>= width
        if halves is not None:
            number &= halves
    return number.view(np.int64), plain


_PAIRS = (
    (np.uint64(2561), np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(6553601), np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(42949672960001), np.uint64(32), None),
)
"""What puts two digits, four and eight together, how far it moves them up, and where they stand then."""
