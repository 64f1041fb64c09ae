"""Runs notebooks without a browser. usage: check.py --check|--update [NOTEBOOK...]  (through notebooks/start, which makes what it needs)

A notebook fails on an error, on red stderr, and, with --check, when a picture or table of its file is no longer there.
With --update its file takes the new outputs; it does not change by a byte where they are the old ones.
"""
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).resolve().parent
CELL_SECONDS = 600
METADATA = {
    "kernelspec": {"display_name": "Java", "language": "java", "name": "java"},
    "language_info": {"file_extension": ".jshell", "mimetype": "text/x-java-source", "name": "Java"},
}


def main(mode, *names):
    paths = [find(name) for name in names] or [*sorted(HERE.glob("*.ipynb")), *sorted(HERE.glob("answers/*.ipynb"))]
    if mode not in ("--check", "--update") or not paths:
        sys.exit(__doc__ if paths else f"no notebooks in {HERE}")
    failed = 0
    for path in paths:
        began = time.time()
        try:
            problems = run(path, mode == "--update")
        except Exception as e:   # whatever it is, the other notebooks still run
            problems = [str(e) or repr(e)]
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok    '} {path.name}  {time.time() - began:.0f} s", *problems, sep="\n    ", flush=True)
    print(f"{len(paths) - failed} passed, {failed} failed")
    return 1 if failed else 0


def find(name):
    for path in (Path(name), *(folder / end for folder in (HERE, HERE / "answers") for end in (name, name + ".ipynb"))):
        if path.is_file():
            return path
    print(f"no such notebook: {name}", file=sys.stderr)
    sys.exit(2)


def run(path, update):
    """The problems that a run shows, none where all is well."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    before = [shown(cell) for cell in notebook.cells]
    try:
        NotebookClient(notebook, kernel_name="java", timeout=CELL_SECONDS, startup_timeout=120, record_timing=False,
                       resources={"metadata": {"path": str(path.resolve().parent)}}).execute()
    except CellExecutionError:
        errors = [output for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "error"]
        if not errors:
            raise
        return [error(errors[0])]   # what is below it is from an earlier run
    problems = []
    for number, cell in enumerate(notebook.cells, 1):
        red = "".join(o.text for o in cell.get("outputs", []) if o.get("name") == "stderr")
        if red:
            problems.append(f"cell {number} printed on stderr: {red.strip()[:2000]}")
        lost = before[number - 1] - shown(cell)
        if lost and not update:
            problems.append(f"cell {number} shows no {', '.join(sorted(lost))} any more")
    if update and not problems:
        write(path, text, notebook)
    return problems


def error(output):
    """The error as the notebook shows it, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback)).replace("\n", "\n    ")


def shown(cell):
    """The kinds of things a cell shows."""
    return {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}


def write(path, before, notebook):
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)   # times of day, where JupyterLab left them
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    after = nbformat.writes(notebook) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8")


def joined(outputs):
    """Printed text that came in several messages, as one: where it is cut depends on the time."""
    result = []
    for output in outputs:
        if result and output.output_type == "stream" == result[-1].output_type and output.name == result[-1].name:
            result[-1].text += output.text
        else:
            result.append(output)
    return result


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or [""]))
