"""ScanRefer, Nr3D and Multi3DRefer over a tiny copy of ScanNet."""

import json

import numpy as np
import pytest

from lasso3d.core.errors import ReadError
from lasso3d.data.folder import open_examples
from lasso3d.data.multi3drefer import multi3drefer_scans
from lasso3d.data.nr3d import nr3d_scans
from lasso3d.data.scannet_official import Scan, find_release, read_labels, read_scan
from lasso3d.data.scanrefer import scanrefer_scans

OTHER = 19


def scanrefer_file(path, *said):
    listed = [
        {
            "scene_id": scan,
            "object_id": meant,
            "object_name": "thing",
            "ann_id": "0",
            "description": text,
            "token": [],
        }
        for scan, text, meant in said
    ]
    path.write_text(json.dumps(listed))
    return path


def multi3drefer_file(path, *said):
    keys = ("scene_id", "description", "object_ids")
    path.write_text(json.dumps([dict(zip(keys, line, strict=True)) | {"eval_type": "mt"} for line in said]))
    return path


def nr3d_file(path, *said):
    lines = ["assignmentid,stimulus_id,utterance,scan_id,target_id", *(f'1,x,"{t}",{s},{o}' for s, t, o in said)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def three_sentences(scannet_copy):
    return scanrefer_file(
        scannet_copy / "ScanRefer_filtered_val.json",
        ("scene0002_00", " the chair by the blinds", "1"),
        ("scene0000_00", "they shade the window", "2"),
        ("scene0002_00", "what the chair leans on", "0"),
    )


def test_the_sentences_of_scanrefer_come_with_their_scans(three_sentences):
    examples = scanrefer_scans(three_sentences)
    assert [scene.name for scene, _ in examples] == ["scene0002_00", "scene0000_00"]
    assert examples[0].truth.expressions == (("the chair by the blinds", (2,)), ("what the chair leans on", (1,)))
    assert examples[1].truth.expressions == (("they shade the window", (3,)),)


def test_what_a_sentence_means_is_an_instance_even_if_it_is_a_wall(three_sentences):
    meant, other = (example.truth for example in scanrefer_scans(three_sentences))
    assert (meant.instance == 1).sum() == 2
    assert (other.instance == 1).sum() == 0


def test_objects_outside_the_twenty_classes_are_other_furniture(three_sentences):
    truth = scanrefer_scans(three_sentences)[1].truth
    assert set(truth.semantic[truth.instance == 3]) == {OTHER}
    assert set(truth.semantic[truth.instance == 4]) == {OTHER}, "a label that the map lacks"


def test_ceilings_are_nothing(scannet_copy, scan_writer):
    scan_writer(scannet_copy, "scene0003_00", groups=(("ceiling", [0]), ("couch", [3])))
    path = scanrefer_file(scannet_copy / "scanrefer.json", ("scene0003_00", "the couch", 1))
    assert scanrefer_scans(path)[0].truth.semantic.tolist() == [-1, -1, 5, 5] + [-1] * 8


def test_multi3drefer_means_any_number_of_objects(scannet_copy):
    path = multi3drefer_file(
        scannet_copy / "multi3drefer_val.json",
        ("scene0000_00", "the chairs", [4, 1, 4]),
        ("scene0000_00", "the piano", []),
    )
    assert multi3drefer_scans(path)[0].truth.expressions == (("the chairs", (5, 2)), ("the piano", ()))


def test_nr3d_means_one_object(scannet_copy):
    path = nr3d_file(scannet_copy / "nr3d_test.csv", ("scene0001_00", 'left, not ""right""', 4))
    assert nr3d_scans(path)[0].truth.expressions == (('left, not "right"', (5,)),)


def test_a_table_of_both_splits_is_cut_to_the_validation_scans(scannet_copy):
    said = (("scene0001_00", "the left one", 4), ("scene0000_00", "the right one", 4))
    path = nr3d_file(scannet_copy / "nr3d.csv", *said)
    assert [scene.name for scene, _ in nr3d_scans(path)] == ["scene0000_00"]
    assert [scene.name for scene, _ in nr3d_scans(path, split="all")] == ["scene0001_00", "scene0000_00"]


def test_sentences_find_scannet_in_the_usual_places(scannet_copy):
    data = scannet_copy / "dataset"
    (data / "scanrefer" / "metadata").mkdir(parents=True)
    path = scanrefer_file(
        data / "scanrefer" / "metadata" / "ScanRefer_filtered_val.json", ("scene0000_00", "the chair", 1)
    )
    (data / "scannetv2").mkdir()
    for name in ("scans", "scannetv2-labels.combined.tsv"):
        (scannet_copy / name).rename(data / "scannetv2" / name)
    assert len(scanrefer_scans(path)) == 1


def test_without_scannet_nearby_the_reader_says_where_to_put_it(tmp_path):
    folder = tmp_path / "a" / "b" / "c" / "d" / "e"
    folder.mkdir(parents=True)
    path = scanrefer_file(folder / "ScanRefer_filtered_val.json", ("scene0000_00", "the chair", 1))
    with pytest.raises(ReadError, match="no copy of ScanNet nearby; put or link"):
        scanrefer_scans(path)


def test_sentences_about_objects_that_are_absent_are_refused(scannet_copy):
    release = find_release(scannet_copy)
    labels = read_labels(release, "scannet20", rest=True)
    scan = Scan(release.scans / "scene0000_00", labels, spoken=(("the moon", (77,)), ("a chair", (4, 9))))
    with pytest.raises(
        ReadError, match=r"aggregation\.json: lacks objects that sentences mean: 9, 77 \(2 in all\)"
    ):
        read_scan(scan)


def test_sentences_about_an_object_that_is_listed_twice_mean_the_one(scannet_copy, scan_writer):
    twice = (("chair", [3, 7]), ("couch", [12]), ("chair", [7, 3]), ("couch", [12]))
    scan_writer(scannet_copy, "scene0217_00", groups=twice)
    path = multi3drefer_file(scannet_copy / "multi3drefer_val.json", ("scene0217_00", "all", [2, 3, 0]))
    truth = multi3drefer_scans(path)[0].truth
    assert truth.expressions == (("all", (1, 2)),)
    assert {1, 2} <= set(np.unique(truth.instance).tolist())


def test_sentences_about_missing_scans_are_refused(scannet_copy):
    path = scanrefer_file(scannet_copy / "scanrefer.json", ("scene0009_00", "the chair", 1))
    with pytest.raises(ReadError, match=r"without _vh_clean_2\.ply: scene0009_00"):
        scanrefer_scans(path)
    with pytest.raises(ReadError, match="holds no sentences about val"):
        scanrefer_scans(path, split="val")


@pytest.mark.parametrize("meant", [None, -1, "x", True, 1.5, 2**40, [1]])
def test_a_sentence_without_an_object_is_refused(scannet_copy, meant):
    said = (("scene0000_00", "the chair", 1), ("scene0000_00", "the other chair", meant))
    path = scanrefer_file(scannet_copy / "ScanRefer_filtered_test.json", *said)
    with pytest.raises(ReadError, match="sentence 2 is incomplete; a scan, a text and objects"):
        scanrefer_scans(path)


def test_damaged_files_of_sentences_are_refused(scannet_copy):
    path = scannet_copy / "multi3drefer_val.json"
    for text, said in (("{}", "holds a dict, not a list"), ("[{]", "cannot be read"), ("[3]", "sentence 1 is")):
        path.write_text(text)
        with pytest.raises(ReadError, match=said):
            multi3drefer_scans(path)
    table = scannet_copy / "nr3d_test.csv"
    table.write_text("scan_id,utterance\n")
    with pytest.raises(ReadError, match="has no column target_id"):
        nr3d_scans(table)
    table.write_bytes(b"scan_id,utterance,target_id\n\xff\xfe,a,1\n")
    with pytest.raises(ReadError, match=r"nr3d_test\.csv: cannot be read"):
        nr3d_scans(table)
    with pytest.raises(ReadError, match="cannot be read"):
        scanrefer_scans(scannet_copy / "nothing.json")


def test_a_file_of_sentences_is_opened_by_its_name(three_sentences, scannet_copy):
    assert len(open_examples(three_sentences)) == 2
    assert len(open_examples(nr3d_file(scannet_copy / "Nr3D_test.csv", ("scene0000_00", "it", 1)))) == 1
    three_sentences.rename(scannet_copy / "sentences.json")
    with pytest.raises(ReadError, match=r"is no data set; give a folder, or sentences: scanrefer\*\.json"):
        open_examples(scannet_copy / "sentences.json")
    with pytest.raises(ReadError, match="ScanNet's 20 classes alone; leave --labels away"):
        open_examples(scannet_copy / "sentences.json", labels="scannet200")
