"""C tables of reference values: collects declarations and writes them as a header."""

import textwrap
from pathlib import Path

import numpy as np

lines = []


def emit(line):
    lines.extend(
        textwrap.wrap(
            line, 98, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    )


def c(x):
    if isinstance(x, float) and np.isnan(x):
        return "(double)NAN"
    if isinstance(x, float) and np.isinf(x):
        return "(double)INFINITY"
    return repr(float(x)) if isinstance(x, float) else str(x)


def array(kind, name, values):
    text = ", ".join(c(v) for v in values)
    emit(f"static const {kind} {name}[] = {{{text}}};")


def table(struct, name, rows):
    body = ", ".join("{" + ", ".join(c(v) for v in row) + "}" for row in rows)
    emit(f"static const struct {{ {struct} }} {name}[] = {{{body}}};")


def write(script, sections):
    """Runs the sections and writes what they emitted beside the script, as a .h of its name."""
    for section in sections:
        section()
        lines.append("")
    path = Path(script)
    text = f"/* Made by {path.name}. */\n/* clang-format off */\n"
    text += "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n\n"
    path.with_suffix(".h").write_text(text + "\n".join(lines).rstrip() + "\n")
