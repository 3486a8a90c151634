"""Every system of the catalogue, and scenes small enough to ask them a lot."""

import pytest
from two_boxes import table_with_two_boxes

import lasso3d


@pytest.fixture(params=lasso3d.systems(), scope="session")
def segmenter(request):
    return lasso3d.load(request.param)


@pytest.fixture(scope="session")
def scene():
    return table_with_two_boxes()


@pytest.fixture(scope="session")
def encoding(segmenter, scene):
    return segmenter.encode(scene)
