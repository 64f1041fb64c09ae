"""Makes processors.json beside this file with transformers: python make_processors.py

Per case: preprocessor_config.json, a picture of this folder, the side of the square, and sha256 of the f32 pixels [3, S, S].
"""
import hashlib
import json
import pathlib

import numpy as np
import PIL
import transformers
from PIL import Image, ImageOps
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.llava.image_processing_pil_llava import LlavaImageProcessorPil

HERE = pathlib.Path(__file__).parent
CLASSES = {"Blip": BlipImageProcessorPil, "CLIP": CLIPImageProcessorPil, "Llava": LlavaImageProcessorPil}
OTHER = {"image_mean": [0.5, 0.25, 0.125], "image_std": [0.2, 0.3, 0.4]}


def square(side):
    return {"height": side, "width": side}


SETTINGS = [
    ("BlipImageProcessor", {"size": square(16)}),
    ("BlipImageProcessor", {"size": 37, **OTHER}),
    ("BlipImageProcessorFast", {"size": square(8), "rescale_factor": 1 / 127.5}),
    ("BlipImageProcessor", {"size": square(20), "do_center_crop": True, "crop_size": 14}),
    ("CLIPImageProcessor", {"size": {"shortest_edge": 16}, "crop_size": square(16)}),
    ("CLIPImageProcessor", {"size": 16, "crop_size": 16, "do_center_crop": True}),
    ("CLIPImageProcessor", {"size": {"shortest_edge": 20}, "crop_size": square(13), **OTHER}),
    ("CLIPImageProcessorFast", {"size": {"shortest_edge": 11}, "crop_size": square(14)}),
    ("CLIPImageProcessor", {"size": {"shortest_edge": 11}, "crop_size": square(20)}),
    ("CLIPFeatureExtractor", {"size": square(15), "crop_size": square(15), "do_center_crop": False}),
    ("CLIPImageProcessor", {"size": {"shortest_edge": 31}, "crop_size": square(31), "do_pad": True}),
    ("LlavaImageProcessor", {"size": {"shortest_edge": 16}, "crop_size": square(16), "do_pad": True}),
    ("LlavaImageProcessorFast", {"size": 29, "do_center_crop": False, "do_pad": True, **OTHER}),
    ("LlavaImageProcessor", {"size": {"shortest_edge": 16}, "crop_size": square(16)}),
]


def main():
    cases = []
    for kind, settings in SETTINGS:
        processor = CLASSES[next(name for name in CLASSES if kind.startswith(name))](**settings)
        for name in "rgb8.png", "exif6.png":
            image = ImageOps.exif_transpose(Image.open(HERE / name)).convert("RGB")
            pixels = np.asarray(processor(image, return_tensors="np")["pixel_values"][0])
            assert pixels.dtype == np.float32
            digest = hashlib.sha256(pixels.astype("<f4").tobytes()).hexdigest()
            cases.append({"settings": {"image_processor_type": kind, **settings}, "image": name,
                          "side": pixels.shape[-1], "sha256": digest})
    made = f"make_processors.py with transformers {transformers.__version__}, Pillow {PIL.__version__}"
    (HERE / "processors.json").write_text(json.dumps({"_made_by": made, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
