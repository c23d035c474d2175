"""Cohorts add up, give away nothing that they withhold, and say where an enterprise stands."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from bamai.assessment import dumps
from bamai.batch.inputs import Mapped, Reading
from bamai.batch.kernel import Options
from bamai.batch.local import Inputs, schemas
from bamai.batch.local import Run as BatchRun
from bamai.batch.outputs import opened
from bamai.cohort.build import Results, Rules, build
from bamai.cohort.complete import Cohort, merge
from bamai.cohort.distribution import PERCENTILES, Distribution
from bamai.cohort.published import Published, publish, summary
from bamai.cohort.published import margin as margin_of
from bamai.cohort.reading import read
from bamai.cohort.standing import standing
from bamai.cohort.suppression import TABLES, Axes, withheld
from bamai.errors import InputError
from batches import Kept, vocabulary
from bench import rows as bench_rows
from conftest import EXAMPLE, Run, assessed, edition
from lp import Polytope

DAY = "2026-03-01"
MODEL = "sme@2024"
PROVINCES = (
    "北京市",
    "天津",
    "河北",
    "山西",
    "辽宁",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "某地",
)


def scored(files: list[Path], *outputs: Path, detail: bool = False) -> None:
    """Run a batch over files."""
    reading = Reading(edition(MODEL), Options(detail=detail, lang="en"), Mapped({}), False, None)
    inputs = Inputs([str(path) for path in files], reading)
    written = [opened(path, schemas(inputs)[0]) for path in outputs]
    BatchRun(inputs, vocabulary(), written, [Kept()], threads=1).run()
    for output in written:
        output.close()


def built(*files: Path, model: str = MODEL, **options: Any) -> Cohort:
    return build([Results(path) for path in files], Rules(edition(model), vocabulary()), DAY, **options)


def bytes_of(cohort: Cohort) -> bytes:
    out = io.BytesIO()
    cohort.write(out)
    return out.getvalue()


def saved(cohort: Cohort, path: Path) -> Path:
    path.write_bytes(bytes_of(cohort))
    return path


class Provinces:
    """Fifteen provinces: what each batch took, what it wrote, what was counted of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        [table] = bench_rows.chunks(edition(MODEL), 3000)
        names = np.array(PROVINCES)[np.random.default_rng(7).integers(0, len(PROVINCES), 3000)]
        table = table.set_column(table.schema.get_field_index("province"), "province", pa.array(names.tolist()))
        self.rows, self.results = [], []
        for number, name in enumerate(PROVINCES):
            mine = table.filter(pa.array(names == name))
            # some come twice, some do not say how large they are
            mine = pa.concat_tables([mine, mine.slice(0, 2)])
            rows = folder / f"{number}.csv"
            arrow_csv.write_csv(mine, rows)
            scored([rows], folder / f"{number}.parquet", folder / f"{number}.results.csv", detail=number == 0)
            self.rows.append(rows)
            self.results.append(folder / f"{number}.parquet")
        self.cohorts = [built(path) for path in self.results]

    def merged(self) -> Cohort:
        return merge([(path.name, cohort) for path, cohort in zip(self.results, self.cohorts, strict=True)])


@pytest.fixture(scope="module")
def provinces(tmp_path_factory: pytest.TempPathFactory) -> Provinces:
    return Provinces(tmp_path_factory.mktemp("provinces"))


@pytest.fixture(scope="module")
def nation(provinces: Provinces) -> Cohort:
    return built(*provinces.results)


# ── adding up ────────────────────────────────────────────────────────────────────────────────────


def test_fifteen_provinces_are_the_nation_byte_for_byte(provinces: Provinces, nation: Cohort) -> None:
    # the first province was batched with --detail, which a merge keeps and a build over files without it cannot
    plain = [built(provinces.folder / f"{n}.results.csv") if n else _without_detail(provinces) for n in range(15)]
    whole = bytes_of(nation)
    assert bytes_of(merge([(str(n), cohort) for n, cohort in enumerate(plain)])) == whole
    assert nation.counts.results > 2700
    assert len(nation.parts) == 15
    assert nation.counts.results == sum(part.results for part in nation.parts)


def _without_detail(provinces: Provinces) -> Cohort:
    path = provinces.folder / "plain.parquet"
    if not path.exists():
        scored([provinces.rows[0]], path)
    return built(path)


def test_one_batch_over_all_files_counts_the_same(provinces: Provinces, nation: Cohort, tmp_path: Path) -> None:
    """The inputs of one batch are its parts, so that it is known again whether batched together or apart."""
    scored(provinces.rows, tmp_path / "all.parquet", tmp_path / "all.csv")
    assert bytes_of(built(tmp_path / "all.parquet")) == bytes_of(nation)
    assert bytes_of(built(tmp_path / "all.csv")) == bytes_of(nation)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_merging_knows_no_order_and_no_brackets(provinces: Provinces, shuffled: random.Random) -> None:
    trees = [(str(n), cohort) for n, cohort in enumerate(provinces.cohorts)]
    while len(trees) > 1:
        shuffled.shuffle(trees)
        some = shuffled.randint(2, len(trees))
        trees = [(f"({trees[0][0]}…)", merge(trees[:some])), *trees[some:]]
    assert bytes_of(trees[0][1]) == bytes_of(provinces.merged())


def test_reading_gives_back_what_was_written(provinces: Provinces, tmp_path: Path) -> None:
    found = read(saved(provinces.merged(), tmp_path / "c.json"))
    assert isinstance(found, Cohort)
    assert bytes_of(found) == bytes_of(provinces.merged())


def test_cells_hold_what_the_results_say(provinces: Provinces, nation: Cohort) -> None:
    kept: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    left_out = Counter[str]()
    for number in range(len(PROVINCES)):
        with (provinces.folder / f"{number}.results.csv").open(encoding="utf-8-sig") as lines:
            for row in csv.DictReader(lines):
                if row["duplicate"] == "true" or row["status"] == "incomplete":
                    left_out["duplicates" if row["duplicate"] == "true" else "incomplete"] += 1
                    continue
                known = vocabulary()
                size = known.size(row["employees"])
                key = (known.industry(row["industry"]), known.province(row["province"]) or "unrecognised", size)
                kept.setdefault(key, []).append(row)  # type: ignore[arg-type]
    assert set(nation.cells) == set(kept)
    assert {key[1] for key in kept} > {"unrecognised", "jiangsu", "beijing"}
    for key, rows in kept.items():
        cell = nation.cells[key]
        assert cell.enterprises == len(rows)
        assert dict(zip(nation.shape.levels, cell.levels, strict=True)) == {
            level: sum(row["level"] == level for row in rows) for level in nation.shape.levels
        }
        for name in ("score", "base", "management", "effect"):
            values = [Decimal(row[name]).quantize(Decimal("0.01"), ROUND_HALF_UP) for row in rows if row[name]]
            expected = sorted(Counter(int(value * 100) for value in values).items())
            assert list(zip(cell.values[name].at.tolist(), cell.values[name].counts.tolist(), strict=True)) == expected
        grades = Counter(int(row["operations_3"]) for row in rows)
        found = cell.values["operations_3"]
        assert dict(zip(found.at.tolist(), found.counts.tolist(), strict=True)) == dict(grades)
    assert dict(nation.counts._asdict()) == {
        "results": sum(map(len, kept.values())) + left_out.total(), "counted": sum(map(len, kept.values())),
        "incomplete": left_out["incomplete"], "duplicates": left_out["duplicates"], "repeated": 0,
    }  # fmt: skip
    assert left_out["duplicates"] > 20
    assert left_out["incomplete"] > 20


def test_duplicates_are_counted_when_asked_for(provinces: Provinces) -> None:
    usual, all_ = provinces.cohorts[3].counts, built(provinces.results[3], with_duplicates=True).counts
    assert usual.repeated == all_.duplicates == 0
    assert all_.repeated == all_.counted - usual.counted > 0
    assert all_.results == usual.results


def test_detail_counts_indicators(provinces: Provinces) -> None:
    cohort = provinces.cohorts[0]
    assert list(cohort.shape.values)[:9] == list(provinces.cohorts[1].shape.values)
    assert set(cohort.shape.values) > set(edition(MODEL).indicators)
    cell = next(iter(cohort.cells.values()))
    graded = cell.values["product_design"]
    assert cohort.shape.values["product_design"] == "grade"
    assert graded.number <= cell.enterprises
    assert set(graded.at.tolist()) <= {0, 1, 2, 3, 4}


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────


def codes(error: InputError) -> list[str]:
    return [problem.code for problem in error.problems]


def test_the_same_results_twice_are_noticed(provinces: Provinces) -> None:
    with pytest.raises(InputError) as caught:
        built(provinces.results[2], provinces.folder / "2.results.csv")
    assert codes(caught.value) == ["cohort_twice"]
    some = [("a", provinces.cohorts[1]), ("b", provinces.cohorts[2])]
    with pytest.raises(InputError) as caught:
        merge([("north", merge(some)), ("south", provinces.cohorts[5]), ("again", provinces.cohorts[2])])
    [problem] = caught.value.problems
    assert problem.text("en") == (
        f"again: parts.0: the same results ({provinces.cohorts[2].counts.results}) are in north already; "
        "each must be counted once [cohort_twice]"
    )


def test_results_of_different_rules_do_not_mix(provinces: Provinces) -> None:
    other = dataclasses.replace(provinces.cohorts[1], digest="sha256:" + "0" * 64)
    with pytest.raises(InputError) as caught:
        merge([("a", provinces.cohorts[0]), ("b", other)])
    assert codes(caught.value) == ["cohort_mixed"]
    sizes = provinces.cohorts[1].shape._replace(sizes={"small": 0, "large": 500})
    with pytest.raises(InputError) as caught:
        merge([("a", provinces.cohorts[0]), ("b", dataclasses.replace(provinces.cohorts[1], shape=sizes))])
    assert codes(caught.value) == ["cohort_sizes"]


def test_parquet_says_which_rules_it_was_scored_by(provinces: Provinces, tmp_path: Path) -> None:
    told = Results(provinces.results[1])
    assert told.rules == {(MODEL, edition(MODEL).digest)}
    table = parquet.read_table(provinces.results[1])
    parquet.write_table(
        table.replace_schema_metadata({"bamai.model": MODEL, "bamai.digest": "sha256:1"}), tmp_path / "old.parquet"
    )
    with pytest.raises(InputError) as caught:
        built(tmp_path / "old.parquet")
    assert codes(caught.value) == ["cohort_other_rules"]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("score", "101", "cohort_value"), ("score", "", "cohort_value"), ("score", "high", "cohort_value"),
        ("base", "-1", "cohort_value"), ("level", "L9", "cohort_value"), ("level", "", "cohort_value"),
        ("status", "done", "cohort_value"), ("duplicate", "yes", "cohort_value"), ("operations_1", "", "cohort_value"),
        ("operations_1", "-1", "cohort_value"), ("effect", None, "cohort_column"),
    ],
)  # fmt: skip
def test_results_that_no_batch_writes_are_refused(
    provinces: Provinces, tmp_path: Path, column: str, value: str | None, code: str
) -> None:
    with (provinces.folder / "1.results.csv").open(encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        rows, names = list(reader), list(reader.fieldnames or ())
    complete = next(index for index, row in enumerate(rows) if row["status"] == "complete" and index > 3)
    if value is None:
        names.remove(column)
    else:
        rows[complete][column] = value
    path = tmp_path / "r.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InputError) as caught:
        built(path)
    assert codes(caught.value) == [code]
    [problem] = caught.value.problems
    assert problem.place.file == str(path)
    assert column in problem.text("en")
    if value is not None:
        assert problem.params["row"] == complete + 1


Change = Callable[[dict[str, Any]], object]


def values(cohort: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = cohort["cells"][0]["values"]
    return found


def at(cohort: dict[str, Any]) -> list[float]:
    found: list[float] = values(cohort)["score"]["at"]
    return found


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (lambda c: c.update(schema="bamai.cohort/2"), "wrong_schema", "schema"),
        (lambda c: c.update(kind="partial"), "not_one_of", "kind"),
        (lambda c: c.update(confidential=False), "not_one_of", "confidential"),
        (lambda c: c.update(extra=1), "unknown_key", "extra"),
        (lambda c: c.pop("digest"), "missing_key", ""),
        (lambda c: c.update(created="2026-13-01"), "not_one_of", "created"),
        (lambda c: c["counts"].update(results=1), "cohort_sum", "counts.results"),
        (lambda c: c["counts"].update(incomplete=-1), "not_one_of", "counts.incomplete"),
        (lambda c: c["parts"].append(dict(c["parts"][0])), "cohort_twice", "parts.1"),
        (lambda c: c["parts"][0].update(results=3), "cohort_sum", "parts"),
        (lambda c: c["cells"].pop(), "cohort_sum", "cells"),
        (lambda c: c["cells"].append(c["cells"][0]), "cohort_cell_twice", "cells.*"),
        (lambda c: c["cells"][0].update(city="x"), "unknown_key", "cells.0.city"),
        (lambda c: c["cells"][0].update(enterprises=0), "not_one_of", "cells.0.enterprises"),
        (lambda c: c["cells"][0]["levels"].update(L1=-1), "not_one_of", "cells.0.levels.L1"),
        (lambda c: c["cells"][0]["levels"].update(L1=1000), "cohort_sum", "cells.0.levels"),
        (lambda c: values(c).pop("score"), "cohort_sum", "cells.0.values.score"),
        (lambda c: values(c)["base"]["counts"].__setitem__(0, 500), "cohort_sum", "cells.0.values.base"),
        (lambda c: at(c).__setitem__(0, 10001), "not_one_of", "cells.0.values.score.at.0"),
        (lambda c: at(c).__setitem__(0, 1.5), "not_one_of", "cells.0.values.score.at.0"),
        (lambda c: at(c).reverse(), "cohort_order", "cells.0.values.score.at.*"),
        (lambda c: values(c).update(other={"at": [1], "counts": [1]}), "unknown_key", "cells.0.values.other"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_are_refused(
    provinces: Provinces, tmp_path: Path, change: Change, code: str, path: str
) -> None:
    data = json.loads(bytes_of(provinces.cohorts[1]))
    # several scores in the first cell, so that there is an order to break
    data["cells"].sort(key=lambda cell: -len(cell["values"]["score"]["at"]))
    change(data)
    file = tmp_path / "c.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(file)
    [problem] = caught.value.problems
    assert problem.code == code
    assert problem.place.file == str(file)
    assert problem.path == path or (path.endswith("*") and problem.path.startswith(path[:-1]))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema": "bamai.cohort/1", "schema": "bamai.cohort/1"}', "\udcff"])
def test_what_is_no_cohort_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "c.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError):
        read(file)


# ── percentiles ──────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.integers(0, 100_000_000), min_size=1, max_size=60), st.sampled_from(PERCENTILES))
def test_percentiles_are_those_of_numpy(millionths: list[int], percent: int) -> None:
    shown = [Decimal(m).scaleb(-6).quantize(Decimal("0.01"), ROUND_HALF_UP) for m in millionths]
    values = np.array([int(value * 100) for value in shown])
    expected = np.percentile(values, percent, method="inverted_cdf")
    assert Distribution.of(values).percentile(percent) == expected


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(0, 10))
def test_as_many_are_below_as_have_less(values: list[int], value: int) -> None:
    assert Distribution.of(np.array(values)).below(value) == sum(other < value for other in values)


# ── what is withheld ─────────────────────────────────────────────────────────────────────────────


def margin(x: np.ndarray[Any, Any], axes: Axes) -> Any:
    return x.sum(axis=tuple(axis for axis in range(3) if axis not in axes))


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    shape = draw(st.tuples(*[st.integers(1, 3)] * 3))
    count = int(np.prod(shape))
    some = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 12, 30])
    x = np.array(draw(st.lists(some, min_size=count, max_size=count))).reshape(shape)
    for axis in range(3):
        x = np.take(x, np.flatnonzero(margin(x, (axis,))), axis=axis)
    return x


SMALL = np.array([[[9, 1], [1, 2], [9, 0]], [[1, 2], [1, 1], [1, 0]], [[0, 0], [3, 9], [9, 4]]])
"""Most cells are small, what they add up to is not."""


@settings(max_examples=60)
@given(tables(), st.sampled_from([3, 5]))
@example(SMALL, 5)
@example(np.array([[[6, 1], [7, 9]], [[8, 5], [9, 12]]]), 5)
@example(np.array([[[6, 1]], [[7, 9]]]), 5)
def test_no_withheld_count_is_found_by_subtraction(x: np.ndarray[Any, Any], least: int) -> None:
    """Whatever all published counts say together of a withheld one: at least ``least - 1`` is left open."""
    assume(x.sum() >= least)
    hidden = withheld(x, least)
    cells = list(np.ndindex(x.shape))

    def row(axes: Axes, cell: list[int]) -> list[int]:
        return [int(all(one[axis] == at for axis, at in zip(axes, cell, strict=True))) for one in cells]

    rows, values = [[1] * len(cells)], [int(x.sum())]
    for axes in TABLES:
        n = margin(x, axes)
        assert (n[~hidden[axes]] >= least).all()
        for cell in np.argwhere(~hidden[axes]).tolist():
            rows.append(row(axes, cell))
            values.append(int(n[tuple(cell)]))
    possible = Polytope(rows, values, len(cells))
    for axes in TABLES:
        for cell in np.argwhere(hidden[axes] & (margin(x, axes) > 0)).tolist():
            width = possible.width(row(axes, cell))
            assert width is not None and width >= least - 1, (axes, cell)


def test_the_audit_finds_what_subtraction_finds() -> None:
    """One cell withheld in a row of a known sum is no secret."""
    assert Polytope([[1, 1, 1], [0, 1, 0], [0, 0, 1]], [12, 5, 6], 3).width([1, 0, 0]) == 0
    assert Polytope([[1, 1, 1], [0, 0, 1]], [12, 6], 3).width([1, 0, 0]) == 6


def test_nothing_is_withheld_where_every_cell_is_large() -> None:
    assert not any(flags.any() for flags in withheld(np.full((3, 4, 2), 5), 5).values())


def test_large_tables_keep_most_of_what_they_say() -> None:
    """One small cell among large ones costs the cube around it and no margin."""
    x = np.full((12, 9, 4), 30)
    x[3, 4, 1] = 2
    hidden = withheld(x, 5)
    assert {axes: int(flags.sum()) for axes, flags in hidden.items()} == dict.fromkeys(TABLES, 0) | {(0, 1, 2): 8}


def test_small_cells_do_not_cost_what_they_add_up_to() -> None:
    """All that is published leaves each cell open enough, though no single exchange of enterprises shows it: nothing
    but the total was left of such tables."""
    hidden = withheld(SMALL, 5)
    assert not any(hidden[axes].any() for axes in TABLES[:3])


def compositions(number: int, parts: int) -> Iterator[tuple[int, ...]]:
    for cuts in itertools.combinations(range(number + parts - 1), parts - 1):
        ends = (-1, *cuts, number + parts - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(ends))


@pytest.mark.parametrize(("number", "levels", "least"), [(24, 3, 3), (31, 3, 3), (30, 4, 3), (48, 3, 3), (41, 3, 5)])
def test_level_shares_tell_no_small_count(nation: Cohort, number: int, levels: int, least: int) -> None:
    """Of all counts that lead to the same shares: where few are possible, so are none, or many others."""
    cell = next(iter(nation.cells.values()))
    possible: dict[Any, list[set[int]]] = {}
    for counts in compositions(number, levels):
        told = summary(cell._replace(enterprises=number, levels=counts), nation.shape, least).levels
        found = possible.setdefault(told, [set() for _ in counts])
        for level, count in zip(found, counts, strict=True):
            level.add(count)
    for found in possible.values():
        for level in found:
            assert 0 in level or min(level) >= least or max(level) - min(level) >= least - 1


def test_small_cells_have_no_level_shares(nation: Cohort) -> None:
    cell = next(iter(nation.cells.values()))
    assert summary(cell._replace(levels=(0, 9, 10, 0, 0)), nation.shape, 5).levels is None
    assert summary(cell._replace(levels=(0, 20, 20, 0, 0)), nation.shape, 5).levels == (0, 50, 50, 0, 0)


def test_a_published_cell_says_what_its_enterprises_do(nation: Cohort, tmp_path: Path) -> None:
    published = publish(nation)
    for key, cell in published.cells.items():
        whole = margin_of(nation, key)
        assert cell.enterprises == whole.enterprises >= 5
        for name, points in cell.percentiles.items():
            values = np.sort(np.repeat(whole.values[name].at, whole.values[name].counts))
            ranks = [next(r for r in range(1, len(values) + 1) if 100 * r >= p * len(values)) for p in PERCENTILES]
            wanted = [values[r - 1] if min(r, len(values) - r + 1) >= 5 else None for r in ranks]
            assert points == (tuple(wanted) if any(value is not None for value in wanted) else None)
            for percent, point in zip(PERCENTILES, points or (), strict=False):
                assert point in (None, np.percentile(values, percent, method="inverted_cdf"))
    path = tmp_path / "p.json"
    path.write_text(dumps(published.data()), encoding="utf-8")
    again = read(path)
    assert isinstance(again, Published)
    assert again.data() == published.data()


@pytest.mark.parametrize(
    ("number", "given"), [(5, 0), (8, 0), (9, 1), (16, 2), (17, 3), (39, 3), (40, 4), (41, 5), (500, 5)]
)
def test_no_percentile_stands_near_the_edge_of_a_cell(nation: Cohort, number: int, given: int) -> None:
    """Of 5 enterprises the five percentiles would be the five scores."""
    cell = next(iter(nation.cells.values()))
    values = dict.fromkeys(cell.values, Distribution.of(np.arange(number)))
    told = summary(cell._replace(enterprises=number, values=values), nation.shape, 5).percentiles["score"]
    points = [point for point in told or () if point is not None]
    assert len(points) == given
    assert all(4 <= point <= number - 5 for point in points)


def test_a_published_file_has_its_own_least_cell(nation: Cohort, run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(dumps(publish(nation).data()), encoding="utf-8")
    assert run("cohort", "show", "p.json", "--min-cell", "5").returncode == 0
    refused = run("--lang", "en", "cohort", "show", "p.json", "--min-cell", "100")
    assert (refused.returncode, b"[cohort_min_cell]" in refused.stderr) == (2, True)


def test_fewer_than_a_cell_are_not_published_at_all(nation: Cohort) -> None:
    with pytest.raises(InputError) as caught:
        publish(nation, nation.counts.counted + 1)
    assert codes(caught.value) == ["cohort_too_small"]


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


def test_build_and_merge_are_confidential(provinces: Provinces, run: Run, tmp_path: Path) -> None:
    for number in (1, 2):
        done = run(
            "--lang", "en", "cohort", "build", provinces.results[number], "-o", f"{number}.json", "--created", DAY
        )
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout == b""
        assert "confidential" in done.stderr.decode()
    done = run("--lang", "zh", "cohort", "merge", "2.json", "1.json", "-o", "c.json")
    assert done.returncode == 0
    assert "机密" in done.stderr.decode()
    for name in ("1.json", "c.json"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        data = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        assert data["confidential"] is True
        assert "机密" in data["notice"]["zh"]
        assert "confidential" in data["notice"]["en"]
    assert (tmp_path / "c.json").read_bytes() == bytes_of(
        merge([("1", provinces.cohorts[1]), ("2", provinces.cohorts[2])])
    )
    again = run("cohort", "merge", "1.json", "c.json", "-o", "d.json")
    assert again.returncode == 3
    assert b"cohort_twice" in again.stderr
    assert not (tmp_path / "d.json").exists()


def test_csv_needs_a_model(provinces: Provinces, run: Run, tmp_path: Path) -> None:
    results = provinces.folder / "1.results.csv"
    refused = run("cohort", "build", results, "-o", "c.json")
    assert refused.returncode == 2
    assert b"cohort_needs_model" in refused.stderr
    wrong = run("cohort", "build", results, "-o", "c.json", "--model", "general")
    assert wrong.returncode == 3
    assert b"cohort_column" in wrong.stderr
    done = run("cohort", "build", results, "-o", "c.json", "--model", "sme", "--created", DAY)
    assert done.returncode == 0
    assert (tmp_path / "c.json").read_bytes() == bytes_of(provinces.cohorts[1])


def test_publish_and_show(nation: Cohort, run: Run, tmp_path: Path) -> None:
    saved(nation, tmp_path / "c.json")
    done = run("--lang", "en", "cohort", "publish", "c.json", "-o", "p.json")
    assert done.returncode == 0, done.stderr.decode()
    data = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert data["confidential"] is False
    assert all(cell["enterprises"] >= 5 for cell in data["cells"])
    assert "parts" in data and isinstance(data["parts"], int)
    for file in ("c.json", "p.json"):
        shown = run("--lang", "en", "cohort", "show", file, "--province", "江苏").stdout.decode()
        [cell] = [c for c in data["cells"] if (c["industry"], c["province"], c["size"]) == (None, "jiangsu", None)]
        assert f"{cell['enterprises']} enterprises" in shown
        assert f"{cell['percentiles']['score']['p50']:.2f}" in shown
        assert "Total score by size" in shown
    chinese = run("--lang", "zh", "cohort", "show", "p.json", "--industry", "机械", "--province", "江苏", "--size", "5")
    assert "不公开" in chinese.stdout.decode()
    unknown = run("--lang", "en", "cohort", "show", "p.json", "--industry", "mashinery")
    assert unknown.returncode == 2
    assert "machinery" in unknown.stderr.decode()
    for command in ("publish", "merge"):
        refused = run("cohort", command, "p.json", "-o", "x.json")
        assert refused.returncode == 3
        assert b"cohort_published" in refused.stderr
    assert run("cohort", "publish", "c.json", "-o", "x.json", "--min-cell", "2").returncode == 2


def test_score_says_where_an_enterprise_stands(nation: Cohort, run: Run, tmp_path: Path) -> None:
    saved(nation, tmp_path / "c.json")
    result = json.loads(run("score", EXAMPLE, "--cohort", "c.json", "--format", "json").stdout)
    found = result["cohort"]
    assert margin_of(nation, ("machinery", "jiangsu", "small")).enterprises < 20
    assert found["cell"] == {"industry": "machinery", "province": "jiangsu"}
    assert found["widened"] == ["size"]
    whole = margin_of(nation, ("machinery", "jiangsu", None))
    values = np.repeat(whole.values["score"].at, whole.values["score"].counts)
    below = int((values < 5335).sum())
    assert result["score"] == 53.35
    assert found["enterprises"] == whole.enterprises == len(values)
    share = 100 * below // len(values)
    assert found["total"] == {"score": 53.35, "of": len(values), "below": below, "low": share, "high": share}
    assert set(found["dimensions"]) == {"base", "management", "effect"}
    text = run("--lang", "en", "score", EXAMPLE, "--cohort", "c.json").stdout.decode()
    assert f"higher than {share} % of {len(values)} comparable enterprises" in text
    assert "not regarded: Size." in " ".join(text.split())

    run("cohort", "publish", "c.json", "-o", "p.json")
    between = json.loads(run("score", EXAMPLE, "--cohort", "p.json", "--format", "json").stdout)["cohort"]
    assert between["kind"] == "published"
    assert between["cell"] == found["cell"]
    low, high = between["total"]["low"], between["total"]["high"]
    assert low in (0, *PERCENTILES) and high in (*PERCENTILES, 100)
    assert low * len(values) <= 100 * below < high * len(values)
    assert "范围" in run("--lang", "zh", "score", EXAMPLE, "--cohort", "p.json").stdout.decode()


@pytest.mark.parametrize(
    ("industry", "province", "cell", "widened", "unknown"),
    [
        ("机械", "西藏", {"industry": "machinery"}, ["size", "province"], []),
        ("烟草", "江苏", {}, ["size", "province", "industry"], []),
        ("机械", "某地", {"industry": "machinery", "size": "small"}, [], ["province"]),
        ("未知", "江苏", {"province": "jiangsu"}, ["size"], ["industry"]),
    ],
)
def test_too_few_alike_are_widened(
    nation: Cohort, industry: str, province: str, cell: dict[str, str], widened: list[str], unknown: list[str]
) -> None:
    result = assessed(edition(MODEL), {})
    who = result.enterprise._replace(industry=industry, province=province, employees="100")
    found = standing(result._replace(enterprise=who), nation, vocabulary())
    assert {axis: name for axis, (name, _) in found.cell.items()} == cell
    assert list(found.widened) == widened
    assert list(found.unknown) == unknown
    assert found.enterprises >= 20


def test_score_refuses_a_cohort_of_other_rules(nation: Cohort, run: Run, tmp_path: Path) -> None:
    saved(dataclasses.replace(nation, digest="sha256:" + "0" * 64), tmp_path / "c.json")
    done = run("score", EXAMPLE, "--cohort", "c.json")
    assert done.returncode == 3
    assert b"c.json" in done.stderr
    assert b"cohort_digest" in done.stderr
    assert done.stdout == b""


def test_an_incomplete_result_has_no_place(nation: Cohort, run: Run, tmp_path: Path) -> None:
    saved(nation, tmp_path / "c.json")
    (tmp_path / "a.yaml").write_text(
        "schema: bamai.answers/1\nmodel: sme@2024\nenterprise: {name: x, industry: 机械, province: 某地}\n"
        "answers: {Q1: [B, C]}\n",
        encoding="utf-8",
    )
    found = json.loads(run("score", "a.yaml", "--cohort", "c.json", "--format", "json").stdout)["cohort"]
    assert found["total"] is None
    assert found["dimensions"] == {}
    assert found["unknown"] == ["province", "size"]
    text = run("--lang", "en", "score", "a.yaml", "--cohort", "c.json").stdout.decode()
    assert "no score to compare yet" in text


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_column_that_stands_twice_is_refused(provinces: Provinces, run: Run, tmp_path: Path, kind: str) -> None:
    if kind == "csv":
        lines = (provinces.folder / "1.results.csv").read_text(encoding="utf-8-sig").splitlines()
        twice = "\n".join(f"{line},{'score' if n == 0 else 99}" for n, line in enumerate(lines))
        (tmp_path / "r.csv").write_text(twice, encoding="utf-8")
    else:
        table = parquet.read_table(provinces.results[1])
        parquet.write_table(table.append_column("score", table["score"]), tmp_path / "r.parquet")
    done = run("--lang", "en", "cohort", "build", f"r.{kind}", "-o", "c.json", "--model", "sme")
    assert done.returncode == 3
    assert "column score stands twice" in done.stderr.decode()


@pytest.mark.parametrize("before", [0, 2_000_000])
def test_a_csv_that_is_not_utf8_is_told_in_the_language(
    provinces: Provinces, run: Run, tmp_path: Path, before: int
) -> None:
    """Near its beginning, which is read for the header, and far from it."""
    text = (provinces.folder / "1.results.csv").read_text(encoding="utf-8-sig")
    head, first, *_ = text.splitlines()
    ascii_only = first.encode("ascii", "replace").decode()
    name, _, rest = ascii_only.partition(",")
    lines = [f"{head},note", f"{ascii_only},{'x' * before}", f"{name},机械,{rest.partition(',')[2]},"]
    (tmp_path / "r.csv").write_bytes("\n".join(lines).encode("gbk"))
    done = run("--lang", "zh", "cohort", "build", "r.csv", "-o", "c.json", "--model", "sme")
    assert done.returncode == 3
    assert "不是 UTF-8 编码（遇到字节 0xbb" in done.stderr.decode()
