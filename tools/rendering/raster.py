"""The inner loops of the renderer: vertex normals, z-buffer, and shading of what is visible, in numba.

Plain IEEE arithmetic in a fixed order (no fastmath, one thread), so that the same scene gives the same bytes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SKIN, EYE, TEETH, GUMS, LASH = 0, 1, 2, 3, 4
"""How a triangle is painted."""

_NOTHING = -1


@njit(cache=True)
def vertex_normals(vertices: np.ndarray, triangles: np.ndarray, starts: np.ndarray, around: np.ndarray) -> np.ndarray:
    """(n, 3) unit normals: the mean of the triangles around each vertex, weighted by their areas."""
    flat = np.empty((len(triangles), 3), np.float32)
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        flat[t, 0] = uy * vz - uz * vy
        flat[t, 1] = uz * vx - ux * vz
        flat[t, 2] = ux * vy - uy * vx
    normals = np.zeros((len(vertices), 3), np.float32)
    for v in range(len(vertices)):
        x = y = z = np.float32(0)
        for k in range(starts[v], starts[v + 1]):
            t = around[k]
            x += flat[t, 0]
            y += flat[t, 1]
            z += flat[t, 2]
        length = np.sqrt(x * x + y * y + z * z)
        if length > 0:
            normals[v, 0], normals[v, 1], normals[v, 2] = x / length, y / length, z / length
    return normals


@njit(cache=True)
def z_buffer(
    points: np.ndarray, triangles: np.ndarray, visible: np.ndarray, height: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Nearest triangle at each sample (height, width) int32, -1 where none, and its barycentric weights (…, 2).

    points: (n, 3) sample column, sample row, and depth away from the camera. Triangles seen from behind are left out.
    """
    nearest = np.full((height, width), np.float32(1e9), np.float32)
    owner = np.full((height, width), _NOTHING, np.int32)
    weights = np.zeros((height, width, 2), np.float32)
    for t in range(len(triangles)):
        if not visible[t]:
            continue
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, bx, by = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
        cx, cy = points[c, 0], points[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area >= 0:
            continue
        left = max(0, int(np.ceil(min(ax, bx, cx))))
        right = min(width - 1, int(np.floor(max(ax, bx, cx))))
        top = max(0, int(np.ceil(min(ay, by, cy))))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy))))
        ux, vx = (by - cy) / area, (cy - ay) / area
        for y in range(top, bottom + 1):
            u0 = (bx * (cy - y) - (by - y) * cx) / area
            v0 = (cx * (ay - y) - (cy - y) * ax) / area
            for x in range(left, right + 1):
                u = u0 + ux * x
                v = v0 + vx * x
                if u < 0 or v < 0 or u + v > 1:
                    continue
                z = u * points[a, 2] + v * points[b, 2] + (1 - u - v) * points[c, 2]
                if z < nearest[y, x]:
                    nearest[y, x] = z
                    owner[y, x] = t
                    weights[y, x, 0] = u
                    weights[y, x, 1] = v
    return owner, weights


@njit(cache=True)
def _smooth_block(owner: np.ndarray, paint: np.ndarray, y: int, x: int) -> bool:
    for i in range(2):
        for j in range(2):
            t = owner[y + i, x + j]
            if t < 0 or paint[t] != SKIN:
                return False
    return True


@njit(cache=True)
def shade(
    picture: np.ndarray,
    owner: np.ndarray,
    weights: np.ndarray,
    triangles: np.ndarray,
    paint: np.ndarray,
    normals: np.ndarray,
    surface: np.ndarray,
    skin: np.ndarray,
    lines: np.ndarray,
    eyes: np.ndarray,
    gaze: np.ndarray,
    lights: np.ndarray,
    ambient: np.ndarray,
    gloss: float,
    thrifty: bool,
) -> None:
    """Paint linear light into `picture` (height, width, 3) wherever a triangle owns the sample.

    surface: (n, 3) texture column and row, and for parts in the mouth how much light gets there. skin: (rows, columns,
    3) reflectance. lines: (rows, columns) share of light that furrows take. eyes: (k, k, 3) reflectance of an eyeball
    from its front, moved by gaze (2,) in pixels. lights: (m, 9) direction to the light in camera axes, its colour, and
    the unit vector half way between it and the camera.
    Lambert's cosine law with Blinn's highlight (n · h)^16 of strength `gloss`. thrifty: of
    two by two samples that all see skin, shade one diagonal and let it stand for the other.
    """
    height, width = owner.shape
    rows, columns = skin.shape[0], skin.shape[1]
    for y in range(height):
        for step in range(width):
            x = step if y % 2 == 0 else width - 1 - step
            t = owner[y, x]
            if t < 0:
                continue
            if thrifty and (x + y) % 2 == 1 and _smooth_block(owner, paint, y - y % 2, x - x % 2):
                beside = x - 1 if y % 2 == 0 else x + 1
                for colour in range(3):
                    picture[y, x, colour] = picture[y, beside, colour]
                continue
            u, v = weights[y, x, 0], weights[y, x, 1]
            w = np.float32(1) - u - v
            a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            nx = u * normals[a, 0] + v * normals[b, 0] + w * normals[c, 0]
            ny = u * normals[a, 1] + v * normals[b, 1] + w * normals[c, 1]
            nz = u * normals[a, 2] + v * normals[b, 2] + w * normals[c, 2]
            length = np.sqrt(nx * nx + ny * ny + nz * nz) + np.float32(1e-9)
            nx, ny, nz = nx / length, ny / length, nz / length
            s0 = u * surface[a, 0] + v * surface[b, 0] + w * surface[c, 0]
            s1 = u * surface[a, 1] + v * surface[b, 1] + w * surface[c, 1]
            s2 = u * surface[a, 2] + v * surface[b, 2] + w * surface[c, 2]
            kind = paint[t]
            shine = np.float32(gloss)
            if kind == SKIN:
                px = min(max(s0, np.float32(0)), np.float32(columns - 1.001))
                py = min(max(s1, np.float32(0)), np.float32(rows - 1.001))
                i, j = int(py), int(px)
                fy, fx = np.float32(py - i), np.float32(px - j)
                gy, gx = np.float32(1) - fy, np.float32(1) - fx
                w00, w01, w10, w11 = gy * gx, gy * fx, fy * gx, fy * fx
                lit = (np.float32(1) - lines[i, j]) * s2
                above, below = skin[i], skin[i + 1]
                red = lit * (above[j, 0] * w00 + above[j + 1, 0] * w01 + below[j, 0] * w10 + below[j + 1, 0] * w11)
                green = lit * (above[j, 1] * w00 + above[j + 1, 1] * w01 + below[j, 1] * w10 + below[j + 1, 1] * w11)
                blue = lit * (above[j, 2] * w00 + above[j + 1, 2] * w01 + below[j, 2] * w10 + below[j + 1, 2] * w11)
                shine *= lit
            elif kind == EYE:
                size = eyes.shape[0]
                j = int(min(max(s0 - gaze[0], 0.0), size - 1.0))
                i = int(min(max(s1 - gaze[1], 0.0), size - 1.0))
                red, green, blue = eyes[i, j, 0] * s2, eyes[i, j, 1] * s2, eyes[i, j, 2] * s2
                shine = np.float32(0.25)
            elif kind == TEETH:
                red, green, blue = np.float32(0.72) * s2, np.float32(0.66) * s2, np.float32(0.55) * s2
                shine = np.float32(0.06) * s2
            elif kind == GUMS:
                red, green, blue = np.float32(0.42) * s2, np.float32(0.13) * s2, np.float32(0.13) * s2
                shine = np.float32(0.05) * s2
            else:
                red = green = blue = np.float32(0.01)
                shine = np.float32(0)
            out_r, out_g, out_b = red * ambient[0], green * ambient[1], blue * ambient[2]
            for k in range(len(lights)):
                lx, ly, lz = lights[k, 0], lights[k, 1], lights[k, 2]
                cosine = nx * lx + ny * ly + nz * lz
                if cosine <= 0:
                    continue
                h = nx * lights[k, 6] + ny * lights[k, 7] + nz * lights[k, 8]
                h = h * h
                h = h * h
                h = h * h
                h = h * h * shine
                out_r += (red * cosine + h) * lights[k, 3]
                out_g += (green * cosine + h) * lights[k, 4]
                out_b += (blue * cosine + h) * lights[k, 5]
            picture[y, x, 0], picture[y, x, 1], picture[y, x, 2] = out_r, out_g, out_b


@njit(cache=True)
def expose(light: np.ndarray, tone: np.ndarray, factor: int, noise: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 from linear light (h · factor, w · factor, 3): mean of each block, tone curve, then noise.

    tone: (k,) grey level of linear light 0 to 1. noise: (p, q) grey levels to add, repeated over the picture.
    """
    height, width = light.shape[0] // factor, light.shape[1] // factor
    picture = np.empty((height, width, 3), np.uint8)
    share = np.float32(1.0 / (factor * factor))
    top = len(tone) - 1
    for y in range(height):
        for x in range(width):
            grain = noise[y % noise.shape[0], x % noise.shape[1]]
            for colour in range(3):
                total = np.float32(0)
                for i in range(factor):
                    for j in range(factor):
                        total += light[y * factor + i, x * factor + j, colour]
                level = tone[min(int(min(total * share, np.float32(1)) * top), top)] + grain
                picture[y, x, colour] = np.uint8(min(max(level, np.float32(0)), np.float32(255)))
    return picture
