"""Bodies within bounds: plain and gzip, honest and hostile."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest

from worker.http.inflate import BodyError, Gunzip, Plain, coding
from worker.model.fetch import FetchError

MIB = 1024 * 1024


def unfold(data: bytes, *, limit: int = 10 * MIB, piece: int = 4096) -> bytes:
    gunzip = Gunzip(limit)
    for start in range(0, len(data), piece):
        gunzip.feed(data[start : start + piece])
    gunzip.finish()
    return gunzip.body()


@pytest.mark.parametrize("piece", [1, 7, 4096, 10 * MIB])
def test_gzip_comes_out_as_it_went_in_whatever_the_pieces(piece: int) -> None:
    text = random.Random(1).randbytes(3000) + "日报".encode() * 2000
    assert unfold(gzip.compress(text), piece=piece) == text


def test_a_well_compressed_body_of_less_than_a_mebibyte_is_no_bomb() -> None:
    text = b" " * (MIB - 1)
    assert unfold(gzip.compress(text)) == text


def test_output_that_ends_exactly_at_an_inner_step_is_complete() -> None:
    for size in (256 * 1024, 512 * 1024, 512 * 1024 + 1):
        text = random.Random(2).randbytes(size)
        assert unfold(gzip.compress(text), piece=size * 2) == text


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    with pytest.raises(BodyError) as caught:
        unfold(gzip.compress(bytes(50 * MIB)), limit=500 * MIB)
    assert caught.value.error is FetchError.RATIO


def test_decoded_bytes_are_bounded() -> None:
    text = random.Random(3).randbytes(200_000).hex().encode()
    assert unfold(gzip.compress(text), limit=len(text)) == text
    with pytest.raises(BodyError) as caught:
        unfold(gzip.compress(text), limit=len(text) - 1)
    assert caught.value.error is FetchError.TOO_LARGE


def test_compressed_bytes_that_unfold_to_nothing_are_bounded_too() -> None:
    nothing = zlib.compressobj(0, zlib.DEFLATED, 31)
    stream = nothing.compress(b"") + b"".join(nothing.flush(zlib.Z_FULL_FLUSH) for _ in range(200_000))
    with pytest.raises(BodyError) as caught:
        unfold(stream + b"\x00\x00\x00\xff\xff" * 400_000, limit=MIB)
    assert caught.value.error is FetchError.TOO_LARGE


def test_several_members_are_one_body_and_padding_after_them_is_ignored() -> None:
    stream = gzip.compress(b"one ") + gzip.compress(b"two")
    for piece in (1, 5, 1000):
        assert unfold(stream + bytes(700), piece=piece) == b"one two"


def test_an_endless_row_of_empty_members_is_refused() -> None:
    with pytest.raises(BodyError) as caught:
        unfold(gzip.compress(b"") * 5000)
    assert caught.value.error is FetchError.ENCODING


@pytest.mark.parametrize(
    "data",
    [gzip.compress(b"text" * 99, mtime=0)[:-4], gzip.compress(b"text" * 99, mtime=0)[:12], b"\x1f\x8b", b"<rss/>"],
)
def test_truncated_or_false_gzip_is_an_encoding_error(data: bytes) -> None:
    with pytest.raises(BodyError) as caught:
        unfold(data)
    assert caught.value.error is FetchError.ENCODING


def test_a_corrupt_checksum_is_an_encoding_error() -> None:
    data = bytearray(gzip.compress(b"text" * 99))
    data[-5] ^= 1
    with pytest.raises(BodyError) as caught:
        unfold(bytes(data))
    assert caught.value.error is FetchError.ENCODING


def test_no_bytes_at_all_are_an_empty_body() -> None:
    assert unfold(b"") == b""


def test_a_plain_body_keeps_what_fits() -> None:
    plain = Plain(10)
    plain.feed(b"12345678")
    with pytest.raises(BodyError) as caught:
        plain.feed(b"90abc")
    assert caught.value.error is FetchError.TOO_LARGE
    assert plain.body() == b"1234567890"


@pytest.mark.parametrize("value", ["gzip", "GZIP", "x-gzip", " gzip ", "identity, gzip"])
def test_gzip_by_any_of_its_names_is_understood(value: str) -> None:
    assert coding(value) == "gzip"


@pytest.mark.parametrize("value", ["", "identity", ","])
def test_no_coding_is_plain(value: str) -> None:
    assert coding(value) is None


@pytest.mark.parametrize("value", ["br", "deflate", "zstd", "compress", "gzip, gzip", "br, gzip", "gzip;q=1"])
def test_what_was_not_asked_for_or_is_stacked_is_refused(value: str) -> None:
    with pytest.raises(BodyError) as caught:
        coding(value)
    assert caught.value.error is FetchError.ENCODING


def test_a_body_of_one_stream_is_kept_as_it_came() -> None:
    text = "日报".encode() * 2000
    one = gzip.compress(text)
    for wire, kept in ((one, one), (one + one, None), (one + bytes(8), None), (gzip.compress(b"x"), None)):
        gunzip = Gunzip(MIB)
        for start in range(0, len(wire), 7):
            gunzip.feed(wire[start : start + 7])
        gunzip.finish()
        assert gunzip.packed() == kept
    plain = Plain(MIB)
    plain.feed(text)
    assert plain.packed() is None
