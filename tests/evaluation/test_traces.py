"""Released traces: refuse what is incomplete, and reproduce what is published."""

import pytest

from lasso3d.core.errors import ReadError
from lasso3d.evaluation.clicks import click_figures
from lasso3d.evaluation.published import published
from lasso3d.evaluation.traces import read_multi_traces, read_single_traces


def multi_lines(sample, scene, objects):
    rows = [(0, 0.0), *((clicks, 0.9) for clicks in range(objects, 20 * objects + 1))]
    return [f"{sample} {scene} {objects} {clicks / objects} {iou}" for clicks, iou in rows]


def single_lines(sample, scene, instance):
    return [f"{sample} {scene} {instance} {clicks} {0.04 * clicks}" for clicks in range(21)]


def write(path, *samples):
    path.write_text("\n".join(line for sample in samples for line in sample) + "\n")
    return path


def test_many_objects_are_read_with_their_fractions_as_whole_clicks(tmp_path):
    path = write(tmp_path / "m.csv", multi_lines(0, "hall", 3), multi_lines(1, "den", 7))
    traces = read_multi_traces(path, expected=["hall 3", "den 7"])
    assert [trace.key for trace in traces] == ["hall 3", "den 7"]
    assert traces[1].clicks == (0, *range(7, 141))
    assert {figure.name: figure.value for figure in click_figures(traces)}["AvgNoC"] == 1


def test_single_objects_are_read_in_any_order_of_rows(tmp_path):
    lines = single_lines(0, "hall", 4) + single_lines(1, "hall", 5)
    traces = read_single_traces(write(tmp_path / "s.csv", sorted(lines, key=lambda line: line.split()[3])))
    assert [trace.clicks for trace in traces] == [tuple(range(21))] * 2
    assert {trace.scene for trace in traces} == {"hall"}


def test_ids_written_as_fractions_match_whole_ids(tmp_path):
    path = write(tmp_path / "s.csv", [line.replace(" 4 ", " 4.0 ", 1) for line in single_lines(0, "hall", 4)])
    assert read_single_traces(path, expected=["hall 4"])[0].key == "hall 4"


def test_keys_that_do_not_match_are_refused_by_name(tmp_path):
    path = write(tmp_path / "s.csv", single_lines(0, "hall", 4), single_lines(1, "hall", 5))
    with pytest.raises(ReadError, match=r"expected, but without rows: hall 6"):
        read_single_traces(path, expected=["hall 4", "hall 5", "hall 6"])
    with pytest.raises(ReadError, match=r"not expected, but with rows: hall 5"):
        read_single_traces(path, expected=["hall 4"])


@pytest.mark.parametrize("lost", [1, 8, 20])
def test_a_missing_click_count_is_refused_by_key(tmp_path, lost):
    lines = single_lines(0, "hall", 4)
    path = write(tmp_path / "s.csv", lines[:lost] + lines[lost + 1 :], single_lines(1, "hall", 5))
    with pytest.raises(ReadError, match=r"a click count is missing up to 20 per object: hall 4 \(1 in all\)"):
        read_single_traces(path)


def test_a_row_given_twice_is_refused(tmp_path):
    lines = single_lines(0, "hall", 4)
    with pytest.raises(ReadError, match="hall 4: click counts must ascend"):
        read_single_traces(write(tmp_path / "s.csv", lines, lines[3:4]))


def test_a_line_of_another_form_is_refused_by_number(tmp_path):
    lines = single_lines(0, "hall", 4)
    with pytest.raises(ReadError, match=r"line 22 is not `row scene object clicks iou`: '0,hall,4,3,0\.2'"):
        read_single_traces(write(tmp_path / "s.csv", lines, ["0,hall,4,3,0.2"]))


def test_a_fraction_that_is_no_whole_click_is_refused(tmp_path):
    lines = multi_lines(0, "hall", 3)
    with pytest.raises(ReadError, match="is not a whole number"):
        read_multi_traces(write(tmp_path / "m.csv", [*lines[:-1], "0 hall 3 19.9 0.5"]))


@pytest.mark.parametrize(
    ("file", "read", "protocol", "data"),
    [
        ("our_multi_s3dis.csv", read_multi_traces, "agile3d multi", "S3DIS Area 5"),
        ("our_multi_kitti360.csv", read_multi_traces, "agile3d multi", "KITTI-360"),
        ("our_single_s3dis.csv", read_single_traces, "agile3d single", "S3DIS Area 5"),
    ],
)
def test_released_traces_give_the_published_figures(real_data, file, read, protocol, data):
    traces = read(real_data / "agile3d_results" / file)
    (row,) = (row for row in published(protocol, data) if row.system == "AGILE3D")
    found = {figure.name: figure.value for figure in click_figures(traces)}
    assert len(traces) == row.n
    for name, value in row.figures.items():
        assert found[name] == pytest.approx(value, abs=0.1 if "IoU" in name else 0.01), name
