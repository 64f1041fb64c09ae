"""Whether transformers finds in a folder that save() wrote every weight it looks for, in its shape, and nothing else.

  mvn -B test -Dtest=GoldenTest -Dvitune.export=DIR      leaves a folder for each family and state
  python load_in_transformers.py DIR                     needs torch and transformers; exit code 1 if one is refused
"""
import json
import pathlib
import sys

import transformers

refused = 0
folders = sorted(file.parent for file in pathlib.Path(sys.argv[1]).rglob("config.json"))
for folder in folders:
    model = getattr(transformers, json.loads((folder / "config.json").read_text())["architectures"][0])
    _, info = model.from_pretrained(folder, output_loading_info=True)
    faults = {name: sorted(map(str, found)) for name, found in info.items() if found}
    refused += bool(faults)
    print(folder, faults or "every key, and no other")
sys.exit(1 if refused or not folders else 0)
