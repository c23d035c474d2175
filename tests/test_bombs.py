"""Input made to take more than it gives: commands stay within two gigabytes of address space and a minute."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("resource", reason="limits of a process are POSIX")

from fuzz import bombs


@pytest.mark.parametrize("name", [name for name in bombs.BOMBS if name not in bombs.LONG])
def test_a_bomb_is_refused_in_words_or_taken_within_bounds(name: str, tmp_path: Path) -> None:
    done = bombs.run(name, tmp_path)
    assert not bombs.wrong(done), done.told[-2000:]
