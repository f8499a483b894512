"""Equal texts and the order of texts, by sorting 64-bit keys instead of Python objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from ._text import IntArray, Text, WordArray, Words, bits, chunks

_MIX = np.uint64(0x9E3779B97F4A7C15)
_LENGTH = np.uint64(0xC2B2AE3D27D4EB4F)


def factorise(text: Text) -> tuple[npt.NDArray[np.int32], Text]:
    """Which rows hold the same text.

    A 64-bit hash is taken word by word; its upper bits and the row number are sorted as one 64-bit key, which
    puts equal texts together; every row is then compared with the first of its group, so a collision costs
    time, never a wrong answer.

    Returns:
        codes (rows,) int32 in no promised order, and the distinct texts, packed.
    """
    rows = len(text)
    if not rows:
        return np.empty(0, np.int32), Text.of(())
    keys = hashes(text)
    low = np.uint64((1 << bits(rows - 1)) - 1)
    for begin, end in chunks(rows):
        part = keys[begin:end]
        part &= ~low
        part |= np.arange(begin, end, dtype=np.uint64)
    keys.sort()
    codes, firsts = _spread(keys, low)
    del keys
    book = text.take(firsts).packed()
    strays = _strays(text, codes, book)
    if len(strays):
        book = text.take(_resolve(text, codes, firsts, strays)).packed()
    return codes, book


def hashes(text: Text) -> WordArray:
    """A 64-bit hash of each text; equal texts have equal hashes, on every machine."""
    out = np.empty(len(text), np.uint64)
    for low, high in chunks(len(text)):
        words = Words(text.take(slice(low, high)))
        value = words.lengths.astype(np.uint64)
        value *= _LENGTH
        for depth in range((words.longest + 7) // 8):
            if words.shortest > 8 * depth:
                value ^= words.read(depth)
                value *= _MIX
                value ^= value >> np.uint64(29)
                continue
            rows = np.flatnonzero(words.lengths > 8 * depth)
            mixed = (value[rows] ^ words.read(depth, rows)) * _MIX
            value[rows] = mixed ^ (mixed >> np.uint64(29))
        value *= _MIX
        out[low:high] = value
    return out


def _spread(keys: WordArray, low: np.uint64) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """From sorted keys, the number of each row's group and the first row of each group."""
    codes = np.empty(len(keys), np.int32)
    firsts: list[npt.NDArray[np.int64]] = []
    seen = -1
    previous = ~(keys[0] & ~low)
    for begin, end in chunks(len(keys)):
        part = keys[begin:end]
        rows = (part & low).astype(np.int64)
        group = part & ~low
        change = np.empty(len(part), np.bool_)
        change[0] = group[0] != previous
        np.not_equal(group[1:], group[:-1], out=change[1:])
        number = np.cumsum(change, dtype=np.int32)
        number += np.int32(seen)
        codes[rows] = number
        firsts.append(rows[change])
        seen, previous = int(number[-1]), group[-1]
    return codes, np.concatenate(firsts)


def _strays(text: Text, codes: npt.NDArray[np.int32], book: Text) -> npt.NDArray[np.int64]:
    """The rows whose text is not that of their code."""
    of_book = Words(book)
    found: list[npt.NDArray[np.int64]] = []
    for low, high in chunks(len(text)):
        words, code = Words(text.take(slice(low, high))), codes[low:high]
        wrong = _differs_grid(words, of_book, code) if words.longest == of_book.longest else None
        if wrong is None:
            wrong = _differs(words, of_book, code)
        if wrong.any():
            found.append(np.flatnonzero(wrong) + low)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _differs_grid(words: Words, of_book: Words, code: IntArray) -> npt.NDArray[np.bool_] | None:
    """Where texts differ from those of their codes, when all have one length."""
    if words.grid is None or of_book.grid is None:
        return None
    unequal = words.grid != np.take(of_book.grid, code, axis=0)
    return unequal.any(axis=1) if unequal.any() else np.zeros(len(code), np.bool_)


def _differs(words: Words, of_book: Words, code: IntArray) -> npt.NDArray[np.bool_]:
    """Where texts differ from those of their codes."""
    wrong = np.asarray(words.lengths != of_book.lengths[code])
    for depth in range((words.longest + 7) // 8):
        if of_book.shortest > 8 * depth and words.shortest > 8 * depth:
            wrong |= words.read(depth) != of_book.read(depth, code)
            continue
        rows = np.flatnonzero((words.lengths > 8 * depth) & ~wrong)
        if len(rows):
            wrong[rows] = words.read(depth, rows) != of_book.read(depth, code[rows])
    return wrong


def _resolve(
    text: Text, codes: npt.NDArray[np.int32], firsts: npt.NDArray[np.int64], strays: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Gives rows whose hash collided codes of their own; writes into `codes`."""
    more: dict[bytes, int] = {}
    new: list[int] = []
    for row in strays.tolist():
        low = int(text.starts[row])
        raw = text.data[low : low + int(text.lengths[row])].tobytes()
        if raw not in more:
            more[raw] = len(firsts) + len(new)
            new.append(row)
        codes[row] = more[raw]
    return np.concatenate([firsts, np.array(new, np.int64)])


def shortlex(text: Text) -> npt.NDArray[np.int64]:
    """The permutation that sorts packed, distinct texts by (number of characters, characters).

    UTF-8 bytes compare as code points do, so only the length needs to know about characters.
    """
    if not len(text):
        return np.empty(0, np.int64)
    lengths = text.lengths.astype(np.int64)
    if int(text.data.max(initial=0)) >= 0x80:
        behind = np.concatenate([[0], np.cumsum((text.data & 0xC0) == 0x80, dtype=np.int64)])
        lengths -= behind[text.starts + text.lengths] - behind[text.starts]
    words = Words(text)

    def columns() -> Iterator[WordArray]:
        yield lengths.astype(np.uint64)
        for depth in range((words.longest + 7) // 8):
            yield words.read(depth).byteswap()

    return _sort_columns(columns(), len(text))


def _sort_columns(columns: Iterable[WordArray], rows: int) -> npt.NDArray[np.int64]:
    """The permutation that sorts rows by columns, the first weighing most; stops reading when no two are
    equal.

    Each pass sorts (rank so far, next bits of the column, row) as one 64-bit key.
    """
    row_bits = bits(rows - 1)
    below = np.uint64((1 << row_bits) - 1)
    rank, rank_bits = np.zeros(rows, np.uint64), 0
    order = np.arange(rows)
    for column in columns:
        column = column - column.min()
        left = int(column.max()).bit_length()
        while left:
            taken = min(64 - rank_bits - row_bits, left)
            left -= taken
            piece = (column >> np.uint64(left)) & np.uint64((1 << taken) - 1)
            key = (((rank << np.uint64(taken)) | piece) << np.uint64(row_bits)) | np.arange(rows, dtype=np.uint64)
            key.sort()
            order = np.asarray(key & below, np.int64)
            key >>= np.uint64(row_bits)
            dense = np.concatenate([[0], np.cumsum(key[1:] != key[:-1])])
            if dense[-1] == rows - 1:
                return order
            rank[order] = dense
            rank_bits = bits(int(dense[-1]))
    return order
