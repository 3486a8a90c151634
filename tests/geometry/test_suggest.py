import numpy as np

from lasso3d import Click, Scene, Segmentation, suggest_click


def strip(n=100):
    """Points along a line, one token each."""
    return Scene(np.column_stack([np.arange(n) * 0.01, np.zeros(n), np.zeros(n)]))


def answer(probability, uncertainty, labels=(4, 9)):
    probability = np.asarray(probability, np.float32)
    t = probability.shape[1]
    return Segmentation(
        probability, np.arange(t, dtype=np.int32), labels, np.ones(len(labels)), uncertainty, exclusive=True
    )


def test_the_centre_of_the_largest_doubtful_region_is_suggested_with_the_runner_up():
    probability = np.zeros((2, 100))
    probability[0] = 0.9
    probability[:, 20:31] = [[0.4], [0.35]]
    probability[0, 60:65] = 0.45
    uncertainty = np.zeros(100)
    uncertainty[20:31] = 0.7
    uncertainty[60:65] = 0.9
    assert suggest_click(strip(), answer(probability, uncertainty)) == Click(strip().xyz[25], object=9)


def test_background_is_proposed_where_none_is_the_runner_up():
    probability = np.zeros((2, 100))
    probability[0, 40:51] = 0.55
    uncertainty = np.where(probability[0] > 0, 0.8, 0.1)
    assert suggest_click(strip(), answer(probability, uncertainty)) == Click(strip().xyz[45], object=0)


def test_nothing_is_suggested_where_nothing_is_expected_wrong():
    assert suggest_click(strip(), answer(np.full((2, 100), 0.4), np.full(100, 0.5))) is None
    empty = Segmentation(
        np.zeros((0, 1)), np.zeros(100, np.int32), (), np.zeros(0), np.full(1, 0.9), exclusive=True
    )
    assert suggest_click(strip(), empty) is None


def test_a_region_at_the_edge_of_the_scan_is_clicked_in_its_middle():
    side = np.stack(np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60)), -1).reshape(-1, 2)
    plate = Scene(np.column_stack([side, np.zeros(len(side))]))
    strip_of_it = side[:, 0] < 0.2
    probability = np.where(strip_of_it, 0.55, 0.0)[None]
    click = suggest_click(plate, answer(probability, np.where(strip_of_it, 0.9, 0.0), labels=(1,)))
    assert click is not None
    assert np.linalg.norm(np.array(click.xyz) - (0.1, 0.5, 0)) < 0.05


def test_named_rows_are_proposed_by_their_number():
    uncertainty = np.full(100, 0.9)
    probability = np.zeros((2, 100))
    probability[0], probability[1] = 0.5, 0.4
    click = suggest_click(strip(), answer(probability, uncertainty, labels=("chair", "sofa")))
    assert click is not None
    assert click.object == 2
