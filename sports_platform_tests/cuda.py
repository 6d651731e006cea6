"""The mark of tests that need a CUDA device and are skipped, loudly, where there is none."""

import pytest
import torch

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch finds no CUDA device")
