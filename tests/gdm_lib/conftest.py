"""One thread and a fixed seed for the library's tests, also where they are alone, in its source archive."""

import pytest
import torch


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
