import re

import pytest

from lasso3d.evaluation.published import every_row, protocols, published


def test_a_table_holds_one_protocol_on_one_data_set():
    rows = published("agile3d multi", "S3DIS Area 5")
    assert {row.system for row in rows} == {"AGILE3D", "NPISeg3D"}
    assert {(row.protocol, row.data) for row in rows} == {("agile3d multi", "S3DIS Area 5")}


def test_the_same_set_under_another_protocol_is_another_table():
    multi, single = (published(f"agile3d {how}", "S3DIS Area 5") for how in ("multi", "single"))
    assert not set(map(id, multi)) & set(map(id, single))


def test_what_is_not_there_is_told_with_what_is():
    with pytest.raises(ValueError, match=r"agile3d multi on Mars; there are .*agile3d multi on KITTI-360"):
        published("agile3d multi", "Mars")


def test_every_row_has_a_source_an_explained_protocol_and_plausible_figures():
    for row in every_row():
        assert row.source
        assert row.protocol in protocols()
        assert row.evidence in ("recomputed", "second-hand")
        assert row.figures
        for name, value in row.figures.items():
            assert re.fullmatch(r"(IoU|NoC)@\d+|AvgIoU|AvgNoC", name)
            assert 0 < value <= (100 if "IoU" in name else 20)


def test_no_row_is_given_twice():
    keys = [(row.system, row.data, row.protocol) for row in every_row()]
    assert len(set(keys)) == len(keys)
