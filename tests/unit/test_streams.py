"""Keys of random streams: the same for ever, and never shared."""

from __future__ import annotations

from forecast.streams import stream_key


def test_keys_never_change() -> None:
    """A published answer can be drawn again only as long as these numbers stay."""
    assert stream_key(7, "states") == 854_679_775_690_717_194
    assert stream_key(7, "irregular") == 3_475_267_274_581_273_324
    assert stream_key(-1, "") == 7_781_541_367_411_732_352


def test_keys_fit_a_signed_word_and_differ_by_seed_and_purpose() -> None:
    keys = [stream_key(seed, purpose) for seed in (*range(200), 10**30) for purpose in ("states", "oil", "oil ", "")]
    assert len(set(keys)) == len(keys)
    assert all(0 <= key < 2**63 for key in keys)


def test_seed_and_purpose_do_not_run_together() -> None:
    assert stream_key(1, "1x") != stream_key(11, "x")
