"""Which enterprise ids came before: 96-bit fingerprints in a table of at most 16 bytes a row.

Ten million different ids have a chance of about 1 in 10^15 that two of them share a fingerprint, so a candidate
needs no second look at the input, which may be a pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bamai.batch.cells import MOST_WORDS, WORD, TextColumn

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Flags
    from bamai.batch.cells import Codes

_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xD6E8FEB86659FD93)
FULL = 0.75


class Fingerprints:
    """64 bits to find an id by, and 32 more to tell it from others; ids that are blank have none."""

    def __init__(self, texts: TextColumn) -> None:
        self.rows = np.flatnonzero(~texts.blank())
        told = texts.take(self.rows)
        longest = int(told.lengths.max()) if told.lengths.size else 0
        count = min(max(-(-longest // WORD), 1), MOST_WORDS)
        seed = told.lengths.astype(np.uint64)
        self.key, check = _mixed(seed, _FIRST), _mixed(seed, _SECOND)
        for number, word in enumerate(told.words(count)):
            # an id has the same print whatever stands beside it: words beyond its end do not count
            key, other = _mixed(self.key ^ word, _FIRST), _mixed(check + word, _SECOND)
            within = told.lengths > WORD * number
            whole = number == 0 or bool(within.all())
            self.key, check = (
                (key, other) if whole else (np.where(within, key, self.key), np.where(within, other, check))
            )
        # nobody has many ids as long as that
        for row in np.flatnonzero(told.lengths > WORD * MOST_WORDS).tolist():
            self.key[row], check[row] = _folded(told.text(row))
        self.key |= np.uint64(1)  # 0 is an empty place
        self.check = (check >> np.uint64(32)).astype(np.uint32)


def _mixed(value: npt.NDArray[np.uint64], factor: np.uint64) -> npt.NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(32))) * factor
    return value ^ (value >> np.uint64(29))


def _folded(text: str) -> tuple[int, int]:
    from hashlib import blake2b  # noqa: PLC0415  (only ids of more than 64 bytes need it)

    digest = blake2b(text.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def _comes_twice(key: npt.NDArray[np.uint64]) -> bool:
    """Whether a key is there twice. Every key writes its row where its first bits say: who finds another row there
    that has the same key is one of two. Those that lost their place to another key try again without the others."""
    bits = (4 * len(key)).bit_length()
    owner = np.empty(1 << bits, np.intp)
    left = np.arange(len(key))
    for _ in range(_ROUNDS):
        if not left.size:
            return False
        mine = key[left]
        slot = (mine >> np.uint64(64 - bits)).view(np.intp)
        owner[slot] = left
        there = owner.take(slot)
        lost = np.flatnonzero(there != left)
        if (key[there[lost]] == mine[lost]).any():
            return True
        left = left[lost]
    rest = np.sort(key[left])  # seldom anything, unless somebody made it so
    return bool((rest[1:] == rest[:-1]).any())


_ROUNDS = 8

MOST_EXPECTED = 1 << 26
"""Room for no more is made before they come: how many there will be is guessed, or said by a file."""


class Seen:
    """The ids so far, in an open-addressing table.

    Args:
        expected: how many ids to make room for at once; more are taken by growing.
    """

    def __init__(self, expected: int = 0) -> None:
        self._size = max(1 << 16, int(min(expected, MOST_EXPECTED) / FULL) + 1)
        self._count = 0
        self._keys = np.zeros(self._size, np.uint64)
        self._checks = np.zeros(self._size, np.uint32)

    def repeated(self, prints: Fingerprints, rows: int) -> Flags:
        """Which of the *rows* rows of a block have an id that came before, in it or in an earlier block."""
        flags = np.zeros(rows, np.bool_)
        key, check, where = prints.key, prints.check, prints.rows
        if self._count + len(key) > FULL * self._size:
            self._grow(self._count + len(key))
        if _comes_twice(key):  # in this block: the first one stays
            order = np.lexsort((np.arange(len(key)), check, key))
            same = (key[order][1:] == key[order][:-1]) & (check[order][1:] == check[order][:-1])
            again = order[1:][same]
            flags[where[again]] = True
            rest = np.ones(len(key), np.bool_)
            rest[again] = False
            key, check, where = key[rest], check[rest], where[rest]
        found = self._insert(key, check)
        self._count += len(key) - len(found)
        flags[where[found]] = True
        return flags

    def _insert(self, key: npt.NDArray[np.uint64], check: npt.NDArray[np.uint32]) -> Codes:
        """Puts in what is not there; says what was, by index."""
        found = [np.zeros(0, np.intp)]
        left = np.arange(len(key))
        place = self._home(key)
        while left.size:
            there = self._keys.take(place)
            onward = there != key
            if not onward.all():
                same = np.flatnonzero(~onward)
                same = same[self._checks.take(place[same]) == check[same]]
                found.append(left[same])
                onward[:] = True
                onward[same] = False
            # two ids may want one empty place: it goes to one of them, the other looks on
            empty = np.flatnonzero(there == 0)
            wanted, new_key, new_check = place[empty], key[empty], check[empty]
            self._keys[wanted] = new_key
            self._checks[wanted] = new_check
            onward[empty] = (self._keys.take(wanted) != new_key) | (self._checks.take(wanted) != new_check)
            on = np.flatnonzero(onward)
            left, key, check, place = left[on], key[on], check[on], (place[on] + 1) % self._size
        return np.concatenate(found)

    def _home(self, key: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Where a key is looked for first: its high half, scaled to the table."""
        return (((key >> np.uint64(32)) * np.uint64(self._size)) >> np.uint64(32)).astype(np.int64)

    def _grow(self, needed: int) -> None:
        keys, checks = self._keys, self._checks
        self._size = max(int(self._size * 1.3), int(needed / FULL) + 1)
        self._keys = np.zeros(self._size, np.uint64)
        self._checks = np.zeros(self._size, np.uint32)
        step = 1 << 20
        for start in range(0, len(keys), step):
            held = np.flatnonzero(keys[start : start + step])
            self._insert(keys[start : start + step][held], checks[start : start + step][held])
