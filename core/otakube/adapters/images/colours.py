# SPDX-License-Identifier: Apache-2.0
"""Colours of an image as they are to be seen, once its profile and its bit depth are gone.

A profile is not written with the pixels, so they are brought to sRGB, which every reader assumes. Pillow
reduces samples of 16 bits to 8, and widens those of 2 and 4, without the one colour that is seen through.
"""

import io

from PIL import Image, ImageCms, JpegImagePlugin

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_PNG_DEPTH, _PNG_KIND = 24, 25  # offsets in a PNG file
_GREY, _COLOUR = 0, 2


def correct_transparency(image: Image.Image, body: bytes) -> None:
    """Bring the colour of a PNG that is seen through to the bits which its pixels were given."""
    said = image.info.get("transparency")
    if image.format != "PNG" or said is None:
        return
    depth, kind = body[_PNG_DEPTH], body[_PNG_KIND]
    if kind == _GREY and depth in (2, 4) and image.mode == "L":
        image.info["transparency"] = said * 255 // (2**depth - 1)
    elif kind == _COLOUR and depth == 16 and image.mode == "RGB":
        image.info["transparency"] = tuple(sample >> 8 for sample in said)


def to_srgb(image: Image.Image) -> Image.Image:
    """The image in sRGB; a profile that cannot be read, or is of other pixels, says nothing."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        return _converted(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except MemoryError:
        raise
    except Exception:  # as decoders: a profile that cannot be applied is no reason to lose the picture
        return image


def grey(image: Image.Image) -> Image.Image:
    """The image in 256 shades; Pillow cuts samples of 16 bits off at 255."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda sample: sample * (1 / 256))
    return image.convert("L")


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    space = source.profile.xcolor_space.strip()
    if "srgb" in ImageCms.getProfileDescription(source).lower():
        return image
    if image.mode == "P" and space == "RGB":
        return _with_palette(image, source)
    if image.mode in ("RGB", "RGBA") and space == "RGB":
        if "transparency" in image.info:  # one colour, which is not the same one afterwards
            image = _like(image, image.convert("RGBA"))
        ImageCms.profileToProfile(image, source, _SRGB, inPlace=True)
    elif (image.mode, space) in (("CMYK", "CMYK"), ("L", "GRAY")):
        found = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        if found is not None:
            return _like(image, found if image.mode == "CMYK" else found.convert("L"))
    return image


def _with_palette(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    palette = image.getpalette("RGB") or []
    colours = Image.frombytes("RGB", (len(palette) // 3, 1), bytes(palette))
    ImageCms.profileToProfile(colours, source, _SRGB, inPlace=True)
    image.putpalette(colours.tobytes())
    return image


def _like(image: Image.Image, other: Image.Image) -> Image.Image:
    """Another image, to be written as the first one was."""
    other.format, other.info = image.format, {}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        other.quantization = image.quantization  # type: ignore[attr-defined]  # Pillow's encoder asks for it
    return other
