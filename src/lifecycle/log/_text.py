"""Texts as UTF-8 bytes, without one Python object per row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

CHUNK = 1 << 16
"""Rows handled at a time: small enough that the steps between stay in the cache."""

_BELOW = np.array([(1 << 8 * n) - 1 for n in range(9)], dtype=np.uint64)

IntArray = npt.NDArray[np.integer]
Bytes = npt.NDArray[np.uint8]
WordArray = npt.NDArray[np.uint64]


def chunks(rows: int, size: int = CHUNK) -> Iterator[tuple[int, int]]:
    """Half-open ranges that cover `rows` rows."""
    for low in range(0, rows, size):
        yield low, min(low + size, rows)


def bits(largest: int) -> int:
    """How many bits hold 0 … `largest`; at least 1."""
    return max(int(largest).bit_length(), 1)


@attrs.frozen(eq=False)
class Text:
    """Texts, each a range of one run of UTF-8 bytes."""

    data: Bytes
    """The bytes of all texts, in any order."""
    starts: IntArray
    """Where each text begins; shape (rows,)."""
    lengths: IntArray
    """How many bytes each text has; shape (rows,)."""
    dense: bool = False
    """Whether each text is known to begin where the one before it ends."""

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return self.data.nbytes + self.starts.nbytes + self.lengths.nbytes

    @classmethod
    def of(cls, texts: Sequence[str]) -> Text:
        """Python texts; lone surrogates survive, so that later checks can name them."""
        return cls.of_bytes([text.encode("utf-8", "surrogatepass") for text in texts])

    @classmethod
    def of_bytes(cls, parts: Sequence[bytes]) -> Text:
        """Encoded texts, one after the other."""
        lengths = np.fromiter(map(len, parts), np.int64, len(parts))
        data = np.frombuffer(b"".join(parts), np.uint8)
        return cls(data, np.cumsum(lengths) - lengths, lengths, dense=True)

    @classmethod
    def of_offsets(cls, data: Bytes, offsets: IntArray) -> Text:
        """Texts one after the other, from where they begin and, last, where they end; nothing is copied."""
        low, high = int(offsets[0]), int(offsets[-1])
        width: Any = np.int32 if high - low < 2**31 else np.int64
        lengths: IntArray = np.empty(len(offsets) - 1, width)
        np.subtract(offsets[1:], offsets[:-1], out=lengths, casting="unsafe")
        starts = offsets[:-1] - low if low else offsets[:-1]
        return cls(data[low:high], starts, lengths, dense=True)

    @classmethod
    def of_fixed(cls, array: npt.NDArray[np.bytes_]) -> Text:
        """A numpy array of bytes of one width; the zero bytes behind a text are not part of it."""
        array = np.ascontiguousarray(array)
        width = array.dtype.itemsize
        lengths = np.asarray(np.strings.str_len(array), np.int32)
        starts = np.arange(len(array), dtype=np.int64) * width
        return cls(array.view(np.uint8) if width else np.empty(0, np.uint8), starts, lengths)

    @classmethod
    def concatenate(cls, parts: Sequence[Text]) -> Text:
        """The texts of all parts, in order."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.of(())
        shifts = np.cumsum([0, *(len(part.data) for part in parts)])
        starts = [part.starts.astype(np.int64) + shift for part, shift in zip(parts, shifts, strict=False)]
        lengths = np.concatenate([part.lengths for part in parts])
        return cls(np.concatenate([part.data for part in parts]), np.concatenate(starts), lengths)

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_] | slice) -> Text:
        """Some of the texts; the bytes are shared."""
        return Text(self.data, self.starts[rows], self.lengths[rows], dense=self.dense and isinstance(rows, slice))

    def packed(self) -> Text:
        """A copy whose bytes follow each other and hold nothing else."""
        ends = np.cumsum(self.lengths, dtype=np.int64)
        starts = ends - self.lengths
        total = int(ends[-1]) if len(ends) else 0
        width = total // len(self) if len(self) else 0
        if width and bool((self.lengths == width).all()):
            rows = np.lib.stride_tricks.sliding_window_view(self.data, width)[self.starts]
            return Text(rows.reshape(-1), starts, self.lengths.astype(np.int32), dense=True)
        data = np.empty(total, np.uint8)
        # Chunks by bytes, not by rows: the index of a byte takes eight times its room.
        low = 0
        while low < len(self):
            limit = int(starts[low]) + (1 << 20)
            high = max(int(np.searchsorted(ends, limit, "right")), low + 1)
            shift = np.repeat(self.starts[low:high] - starts[low:high], self.lengths[low:high])
            index = shift + np.arange(starts[low], ends[high - 1])
            np.take(self.data, index, out=data[starts[low] : ends[high - 1]])
            low = high
        return Text(data, starts, self.lengths.astype(np.int32), dense=True)

    def one(self, row: int) -> str:
        """The text of a row; bytes that are not UTF-8 come out as lone surrogates."""
        low = int(self.starts[row])
        return _decode(self.data[low : low + int(self.lengths[row])].tobytes())

    def decode(self) -> list[str]:
        """All texts as Python texts."""
        if not len(self):
            return []
        low = int(self.starts.min())
        whole = self.data[low : int((self.starts + self.lengths).max())].tobytes()
        begin = (self.starts - low).tolist()
        end = (self.starts - low + self.lengths).tolist()
        if whole.isascii():
            text = whole.decode("ascii")
            return [text[a:b] for a, b in zip(begin, end, strict=True)]
        return [_decode(whole[a:b]) for a, b in zip(begin, end, strict=True)]


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape")


class Words:
    """Reads texts eight bytes at a time, zero behind the end of each."""

    def __init__(self, text: Text) -> None:
        if not text.dense:
            text = text.packed()
        self.lengths = text.lengths
        self.shortest, self.longest = int(self.lengths.min()), int(self.lengths.max())
        low, high = int(text.starts[0]), int(text.starts[-1]) + int(text.lengths[-1])
        self.grid: WordArray | None = None
        if self.longest == self.shortest > 0:
            # Texts of one length, one after the other: padded to whole words they are a table.
            wide = text.data[low:high].view(f"S{self.longest}").astype(f"S{-(-self.longest // 8) * 8}")
            self.grid = wide.view("<u8").reshape(len(text), -1)
            return
        self._starts = text.starts.astype(np.int64) - low
        # Spare words behind the end: a text may begin inside a word, and short ones are read as far as long ones.
        self._flat = np.zeros((high - low) // 8 + self.longest // 8 + 2, "<u8")
        self._flat.view(np.uint8)[: high - low] = text.data[low:high]

    def read(self, depth: int, rows: IntArray | None = None) -> WordArray:
        """The `depth`-th word of each text, or of those in `rows`."""
        if self.grid is not None:
            column = self.grid[:, depth]
            return column if rows is None else column[rows]
        begin = (self._starts if rows is None else self._starts[rows]) + 8 * depth
        index = begin >> 3
        shift = ((begin & 7) << 3).astype(np.uint64)
        word: WordArray = self._flat[index] >> shift
        # A shift by 64 gives zero in numpy, which is what a text on a word's edge needs.
        word |= self._flat[index + 1] << (np.uint64(64) - shift)
        if self.shortest < 8 * depth + 8:
            left = (self.lengths if rows is None else self.lengths[rows]) - 8 * depth
            word &= _BELOW[np.clip(left, 0, 8)]
        return word
