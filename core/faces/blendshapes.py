"""mediapipe's 52 blendshapes: their names, and what they add to the action units measured from distances."""

from __future__ import annotations

_SIDED = (
    "browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp",
    "eyeSquint", "eyeWide", "mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress", "mouthSmile", "mouthStretch",
    "mouthUpperUp", "noseSneer",
)  # fmt: skip
_CENTRE = (
    "_neutral", "browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose",
    "mouthFunnel", "mouthLeft", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
    "mouthShrugUpper",
)  # fmt: skip
BLENDSHAPES = tuple(sorted([*_CENTRE, *(f"{name}{side}" for name in _SIDED for side in ("Left", "Right"))]))
"""Names in the order of mediapipe's output, which is that of the alphabet. Left and right are the person's own."""
