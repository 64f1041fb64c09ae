"""Makes the pictures beside this file, and what Pillow sees in them: python make_pictures.py LINEAR_PROFILE

pictures.json holds per file: width, height, sha256 of the bytes of Pillow's
ImageOps.exif_transpose(Image.open(file)).convert("RGB"); for lossy WebP, where our decoder differs by some grey levels, the bytes
themselves ("rgb", base64) and the mean difference that is allowed ("levels").
LINEAR_PROFILE is any ICC profile far from sRGB, such as Java's ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).
"""
import base64
import hashlib
import io
import json
import pathlib
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
W, H = 26, 18
y, x = np.mgrid[0:H, 0:W]
R = np.stack([x * 9 + 10, y * 13 + 5, (x * y * 3 + 40) % 256], -1).astype(np.uint8)
R[4:9, 5:12] = (200, 30, 60)
RGB = Image.fromarray(R)
SMOOTH = Image.fromarray(np.stack([x * 7 + 40, y * 9 + 50, 200 - x * 3 - y * 2], -1).astype(np.uint8))
GRAY = Image.fromarray(R[..., 0])
ALPHA = Image.fromarray(((x * 20 + y * 7) % 256).astype(np.uint8))


def png(kind, depth, samples, *chunks):
    """A PNG of any kind; samples [H, W, bands] of `depth` bits."""
    samples = np.asarray(samples).reshape(H, -1)
    rows = b""
    for row in samples:
        if depth == 16:
            data = row.astype(">u2").tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            data = int(bits, 2).to_bytes(len(bits) // 8, "big")
        rows += b"\0" + data
    parts = [(b"IHDR", struct.pack(">IIBBBBB", W, H, depth, kind, 0, 0, 0)), *chunks]
    parts += [(b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[0x112] = orientation
    return tags.tobytes()


def without(jpeg, marker):
    """A JPEG without its segments of that marker."""
    at, out = 2, jpeg[:2]
    while jpeg[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        if jpeg[at + 1] != marker:
            out += jpeg[at:end]
        at = end
    return out + jpeg[at:]


def renamed(jpeg, ids):
    """A JPEG whose components have other names."""
    jpeg = bytearray(jpeg)
    sof, sos = jpeg.index(b"\xff\xc0"), jpeg.index(b"\xff\xda")
    for i, name in enumerate(ids):
        jpeg[sof + 10 + 3 * i] = name
        jpeg[sos + 5 + 2 * i] = name
    return bytes(jpeg)


def riff(*chunks):
    body = b"WEBP" + b"".join(n + struct.pack("<I", len(d)) + d + b"\0" * (len(d) & 1) for n, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def files(profile):
    wide = (R.astype(np.int64) * 257 + x[..., None] * 31 + 7) % 65536
    wide_alpha = np.concatenate([wide, wide[..., :1] ^ 0x5555], -1)
    palette = np.array([[i * 16, 255 - i * 15, (i * 53) % 256] for i in range(16)], np.uint8)
    indices = (x + y * 3) % 16
    plte = (b"PLTE", palette.tobytes())
    yield "gray1.png", png(0, 1, (x + y) % 2)
    yield "gray2.png", png(0, 2, (x + y) % 4)
    yield "gray4.png", png(0, 4, (x + y) % 16)
    yield "gray8.png", saved(GRAY, "PNG")
    yield "gray16.png", png(0, 16, np.where(x < 13, x * 25, wide[..., 0]))
    yield "gray8-transparent.png", png(0, 8, R[..., 0], (b"tRNS", b"\0\x37"))
    yield "gray16-transparent.png", png(0, 16, np.where(x < 13, x * 25, wide[..., 0]), (b"tRNS", b"\0\x32"))
    yield "gray-alpha8.png", saved(Image.merge("LA", [GRAY, ALPHA]), "PNG")
    yield "gray-alpha16.png", png(4, 16, wide_alpha[..., 2:])
    yield "rgb8.png", saved(RGB, "PNG")
    yield "rgb8-transparent.png", png(2, 8, R, (b"tRNS", struct.pack(">HHH", 200, 30, 60)))
    yield "rgb8-profile.png", saved(RGB, "PNG", icc_profile=profile)
    yield "rgb8-gamma.png", png(2, 8, R, (b"gAMA", struct.pack(">I", 100000)))
    yield "rgb16.png", png(2, 16, wide)
    yield "rgba8.png", saved(Image.merge("RGBA", [*RGB.split(), ALPHA]), "PNG")
    yield "rgba16.png", png(6, 16, wide_alpha)
    yield "palette2.png", png(3, 2, indices % 4, plte)
    yield "palette4.png", png(3, 4, indices, plte)
    yield "palette8.png", saved(RGB.quantize(40), "PNG")
    yield "palette8-transparent.png", png(3, 8, indices, plte, (b"tRNS", bytes(range(0, 160, 16))))
    yield "exif6.png", saved(RGB, "PNG", exif=exif(6))
    yield "xmp8.png", png(2, 8, R, (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP % 8))

    yield "rgb444.jpg", saved(RGB, "JPEG", quality=90, subsampling=0)
    yield "rgb422.jpg", saved(RGB, "JPEG", quality=90, subsampling=1)
    yield "rgb420.jpg", saved(RGB, "JPEG", quality=90, subsampling=2)
    yield "progressive.jpg", saved(RGB, "JPEG", quality=80, progressive=True)
    yield "profile.jpg", saved(RGB, "JPEG", quality=90, icc_profile=profile)
    yield "rgb-kept.jpg", saved(RGB, "JPEG", quality=90, keep_rgb=True)
    bare = without(saved(RGB, "JPEG", quality=90, subsampling=0), 0xE0)
    yield "bare.jpg", bare
    yield "bare-ids012.jpg", renamed(bare, [0, 1, 2])
    yield "bare-idsRGB.jpg", renamed(bare, b"RGB")
    yield "jfif-ids012.jpg", renamed(saved(RGB, "JPEG", quality=90, subsampling=0), [0, 1, 2])
    yield "gray.jpg", saved(GRAY, "JPEG", quality=90)
    cmyk = saved(Image.merge("CMYK", [*RGB.split(), ALPHA]), "JPEG", quality=90)
    yield "cmyk.jpg", cmyk
    adobe = cmyk.index(b"Adobe")
    yield "ycck.jpg", cmyk[:adobe + 11] + b"\2" + cmyk[adobe + 12:]
    yield "cmyk-bare.jpg", without(cmyk, 0xEE)
    yield "cmyk-profile.jpg", saved(Image.merge("CMYK", [*RGB.split(), ALPHA]), "JPEG", quality=90, icc_profile=profile)
    for orientation in range(1, 9):
        yield f"exif{orientation}.jpg", saved(RGB, "JPEG", quality=90, exif=exif(orientation))
    yield "xmp6.jpg", saved(RGB, "JPEG", quality=90, xmp=XMP % 6)

    lossless = saved(RGB, "WEBP", lossless=True)
    yield "lossless.webp", lossless
    yield "lossless-alpha.webp", saved(Image.merge("RGBA", [*RGB.split(), ALPHA]), "WEBP", lossless=True, exact=True)
    yield "lossy.webp", saved(SMOOTH, "WEBP", quality=90)
    yield "lossy-coarse.webp", saved(SMOOTH, "WEBP", quality=20)
    yield "lossy-alpha.webp", saved(Image.merge("RGBA", [*SMOOTH.split(), ALPHA]), "WEBP", quality=90, exact=True)
    yield "profile.webp", saved(RGB, "WEBP", lossless=True, icc_profile=profile)
    yield "exif5.webp", saved(RGB, "WEBP", lossless=True, exif=exif(5))
    negative = ImageOps.invert(RGB)
    yield "animated.webp", saved(RGB, "WEBP", lossless=True, save_all=True, append_images=[negative])
    u24 = lambda v: struct.pack("<I", v)[:3]
    frame = u24(2) + u24(1) + u24(W - 1) + u24(H - 1) + u24(100) + b"\0" + lossless[12:]
    yield "animated-inset.webp", riff((b"VP8X", b"\2\0\0\0" + u24(W + 6) + u24(H + 4)), (b"ANIM", b"\xff\x80\x40\xff\0\0"),
                                      (b"ANMF", frame), (b"ANMF", frame))

    few = RGB.quantize(40)
    yield "plain.gif", saved(few, "GIF")
    yield "transparent.gif", saved(few, "GIF", transparency=3)
    yield "animated.gif", saved(few, "GIF", save_all=True, append_images=[negative.quantize(30)])
    for name, transparent in ("inset.gif", None), ("inset-transparent.gif", 3):
        data = bytearray(saved(few, "GIF", **({} if transparent is None else {"transparency": transparent})))
        data[6:10] = struct.pack("<HH", W + 7, H + 5)
        at = data.index(b",\0\0\0\0" + struct.pack("<HH", W, H))
        data[at + 1:at + 5] = struct.pack("<HH", 3, 2)
        yield name, bytes(data)
    yield "rgb24.bmp", saved(RGB, "BMP")


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="%d"/></x:xmpmeta>'


def main(profile):
    table = {"_made_by": f"make_pictures.py with Pillow {PIL.__version__}"}
    for name, data in files(profile):
        (HERE / name).write_bytes(data)
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        row = {"width": image.width, "height": image.height, "sha256": hashlib.sha256(image.tobytes()).hexdigest()}
        if name.startswith("lossy"):
            row["levels"] = 5
            row["rgb"] = base64.b64encode(image.tobytes()).decode()
        table[name] = row
    (HERE / "pictures.json").write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).read_bytes())
