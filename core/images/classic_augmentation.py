"""Classic augmentation: each image of a batch is mirrored or not, moved and turned a little, anew each time."""

from __future__ import annotations

import math

import torch

MAX_SHIFT = 0.1
"""Of the side, in either direction."""
MAX_ANGLE_DEG = 15.0


def classic(images: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Images (n, c, s, s): mirrored left to right with chance ½, shifted by up to `MAX_SHIFT` of the side along each
    axis and turned by up to `MAX_ANGLE_DEG`, each by its own draw. rng: on the CPU, whatever the device of the images.
    """
    n = len(images)
    mirrored = torch.rand(n, generator=rng) < 0.5
    shift = MAX_SHIFT * (2 * torch.rand((n, 2), generator=rng) - 1)
    angle_deg = MAX_ANGLE_DEG * (2 * torch.rand(n, generator=rng) - 1)
    return moved(images, mirrored, shift, angle_deg)


def moved(images: torch.Tensor, mirrored: torch.Tensor, shift: torch.Tensor, angle_deg: torch.Tensor) -> torch.Tensor:
    """Images (n, c, s, s), each mirrored (n,) bool left to right, then turned by angle_deg (n,) about its centre, the
    way from its right to its lower side, then shifted (n, 2) to the right and down by shares of its side.

    Bilinear, the edge pixels continued: a bar of black would tell an augmented image from an original.
    """
    angle = angle_deg * math.pi / 180
    cos, sin, flip = angle.cos(), angle.sin(), 1.0 - 2.0 * mirrored.float()
    # Where each pixel comes from, in halves of the side: the moves undone, the last one first.
    right, down = -2 * shift[:, 0], -2 * shift[:, 1]
    from_x = torch.stack([flip * cos, flip * sin, flip * (cos * right + sin * down)], dim=1)
    from_y = torch.stack([-sin, cos, cos * down - sin * right], dim=1)
    theta = torch.stack([from_x, from_y], dim=1).to(images.device)
    grid = torch.nn.functional.affine_grid(theta, list(images.shape), align_corners=False)
    return torch.nn.functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
