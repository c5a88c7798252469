"""What flips, shifts and turns do to single pixels, and how far they may go."""

from __future__ import annotations

import pytest
import torch

from core.images.classic_augmentation import MAX_SHIFT, classic, moved

STILL, UPRIGHT = torch.zeros(1, 2), torch.zeros(1)
NO, YES = torch.tensor([False]), torch.tensor([True])


def dot(row: int, column: int, size: int = 8) -> torch.Tensor:
    image = torch.zeros(1, 1, size, size)
    image[0, 0, row, column] = 1
    return image


def test_nothing_moved_is_the_image_itself() -> None:
    image = torch.rand(1, 3, 9, 9)
    assert torch.allclose(moved(image, NO, STILL, UPRIGHT), image, atol=1e-6)


def test_a_mirror_turns_left_into_right() -> None:
    image = torch.rand(1, 1, 8, 8)
    assert torch.allclose(moved(image, YES, STILL, UPRIGHT), image.flip(3), atol=1e-6)


def test_a_shift_moves_to_the_right_and_down_and_repeats_the_edge() -> None:
    found = moved(dot(2, 3), NO, torch.tensor([[2 / 8, 1 / 8]]), UPRIGHT)
    assert torch.allclose(found, dot(3, 5), atol=1e-5)
    edge = moved(dot(0, 0), NO, torch.tensor([[2 / 8, 0.0]]), UPRIGHT)
    assert torch.allclose(edge[0, 0, 0], torch.tensor([1.0, 1, 1, 0, 0, 0, 0, 0]), atol=1e-5)


@pytest.mark.parametrize(("angle_deg", "row", "column"), [(90, 3, 7), (180, 7, 4), (270, 4, 0)])
def test_a_turn_goes_from_the_right_side_down(angle_deg: float, row: int, column: int) -> None:
    found = moved(dot(0, 3), NO, STILL, torch.tensor([float(angle_deg)]))
    assert torch.allclose(found, dot(row, column), atol=1e-4)


def test_mirror_turn_and_shift_come_in_this_order() -> None:
    found = moved(dot(0, 3), YES, torch.tensor([[-1 / 8, 0.0]]), torch.tensor([90.0]))
    assert torch.allclose(found, dot(4, 6) + dot(4, 7), atol=1e-4)  # from (0, 4) to (4, 7), whose edge is repeated


def test_draws_stay_in_their_limits_and_follow_their_seed() -> None:
    images = dot(8, 8, 17).repeat(400, 1, 1, 1)
    found = classic(images, torch.Generator().manual_seed(1))
    assert torch.equal(found, classic(images, torch.Generator().manual_seed(1)))
    rows, columns = torch.meshgrid(torch.arange(17.0), torch.arange(17.0), indexing="ij")
    mass = found.sum(dim=(1, 2, 3))
    centre = torch.stack([(found[:, 0] * axis).sum(dim=(1, 2)) / mass - 8 for axis in (rows, columns)])
    most = MAX_SHIFT * 17
    assert centre.abs().max() <= most + 0.2
    assert centre.abs().max() > 0.9 * most
    assert centre.mean().abs() < 0.1
