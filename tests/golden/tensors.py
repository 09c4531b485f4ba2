"""Writes tensors.h: files of tensors by the libraries that define their formats, for tests/test_tensor.c; and
../fuzz/seeds/.

    pip install numpy safetensors torch
    python3 tensors.py
    python3 tensors.py check FOLDER    # the files that `test_tensor FOLDER` wrote load there as well

Every file is there as its bytes, with the names, shapes and values that these libraries give it.
"""

import gzip
import io
import sys
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import torch

torch.set_num_threads(1)
TYPES = {
    "uint64": "U64", "int64": "I64", "float64": "F64", "float32": "F32", "uint32": "U32", "int32": "I32",
    "bfloat16": "BF16", "float16": "F16", "uint16": "U16", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip


def every_type():
    """One array of each NumPy type, with the ends of its range."""
    arrays = {}
    for name in TYPES:
        if name == "bfloat16":
            continue
        kind = np.dtype(name)
        if kind.kind == "f":
            info = np.finfo(kind)
            values = [0.0, -0.0, 1 / 3, -np.inf, info.max, info.tiny, info.smallest_subnormal, -2.5]
        elif kind.kind == "b":
            values = [True, False, False, True]
        else:
            info = np.iinfo(kind)
            values = [info.min, info.max, 1, 77]
        arrays["of " + name] = np.array(values, dtype=kind).reshape(2, -1)
    return arrays


def network():
    """A trained-looking nn.Sequential, as users save it."""
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    net(torch.randn(5, 3))
    return net.state_dict()


def bfloat():
    bits = torch.tensor([0x0000, 0x8000, 0x3F80, 0x4049, 0x0001, 0x7F80, 0xFF7F, 0x3EAB], dtype=torch.int32)
    return {"w": bits.to(torch.int16).view(torch.bfloat16).reshape(2, 2, 2)}


def npy(array, version=(1, 0), wrapped=lambda a: a):
    out = io.BytesIO()
    np.lib.format.write_array(out, wrapped(array), version=version)
    return out.getvalue()


def npz(save, arrays):
    out = io.BytesIO()
    save(out, **arrays)
    return out.getvalue()


def torch_arrays(tensors):
    return {k: (t.to(torch.float64).numpy(), TYPES[str(t.dtype).split(".")[1]]) for k, t in tensors.items()}


def numpy_arrays(arrays):
    return {k: (a, TYPES[a.dtype.name]) for k, a in arrays.items()}


STRUCTS = """/* clang-format off */
#include "initlab/tensor.h"
#include <math.h>
#include <stdbool.h>

typedef struct golden_tensor {
    const char *name;
    il_dtype dtype;
    size_t n_dims, shape[IL_TENSOR_DIMS];
} golden_tensor;

typedef struct golden_file {
    const char *name;
    const unsigned char *bytes;
    size_t n;
    const golden_tensor *tensor; /* [n_tensors] */
    size_t n_tensors;
    const double *value; /* of all tensors, one after another */
    bool same;           /* our writer makes these bytes */
} golden_file;"""

small = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "deep/ü": np.array(-7, dtype=np.int64),
         "none": np.zeros((3, 0, 2), dtype=np.float64), "long": np.repeat(np.arange(5.0), 40)}  # fmt: skip
cube = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
line = np.arange(5, dtype=np.float64) / 3
FILES = [  # name, bytes, {tensor: (array, type)}, are our bytes the same?
    ("types.safetensors", safetensors.numpy.save(every_type(), {"format": 'np "1"\n\x07 é'}), numpy_arrays(every_type()), True),
    ("network.safetensors", safetensors.torch.save(network(), {"format": "pt"}), torch_arrays(network()), True),
    ("bfloat.safetensors", safetensors.torch.save(bfloat()), torch_arrays(bfloat()), True),
    ("none.safetensors", safetensors.numpy.save({}), {}, True),
    ("shapes.safetensors", safetensors.numpy.save(small), numpy_arrays(small), True),
    ("line.npy", npy(line), numpy_arrays({"arr_0": line}), True),
    ("cube.npy", npy(cube), numpy_arrays({"arr_0": cube}), True),
    ("scalar.npy", npy(np.array(2.5, dtype=np.float16)), numpy_arrays({"arr_0": np.array(2.5, dtype=np.float16)}), True),
    ("empty.npy", npy(np.zeros((0, 7), dtype=bool)), numpy_arrays({"arr_0": np.zeros((0, 7), dtype=bool)}), True),
    ("cube2.npy", npy(cube, (2, 0)), numpy_arrays({"arr_0": cube}), False),
    ("cube3.npy", npy(cube, (3, 0)), numpy_arrays({"arr_0": cube}), False),
    ("fortran.npy", npy(cube, wrapped=np.asfortranarray), numpy_arrays({"arr_0": cube}), False),
    ("stored.npz", npz(np.savez, small), numpy_arrays(small), False),
    ("deflated.npz", npz(np.savez_compressed, small), numpy_arrays(small), False),
    ("types.npz", npz(np.savez_compressed, every_type()), numpy_arrays(every_type()), False),
]  # fmt: skip


def c_string(text):
    escaped = "".join("\\%03o" % b if b < 32 or b > 126 or b in b'"\\' else chr(b) for b in text.encode())
    return '"%s"' % escaped


def c_number(value):
    value = float(value)
    return {np.inf: "HUGE_VAL", -np.inf: "-HUGE_VAL"}.get(value, value.hex())


def wrap(words, width=100):
    lines, line = [], "   "
    for word in words:
        if len(line) + len(word) + 2 > width:
            lines.append(line)
            line = "   "
        line += " " + word + ","
    return "\n".join(lines + [line])


def write_header():
    out = ["/* Made by tensors.py with safetensors %s, NumPy %s and PyTorch %s: do not edit. */"
           % (safetensors.__version__, np.__version__, torch.__version__.split("+")[0]), STRUCTS]  # fmt: skip
    rows = []
    for f, (name, data, arrays, same) in enumerate(FILES):
        out.append("static const unsigned char bytes%d[] = {\n%s\n};" % (f, wrap(map(str, data))))
        values = [c_number(x) for a, _ in arrays.values() for x in np.asarray(a, order="C").ravel()]
        out.append("static const double values%d[] = {\n%s\n};" % (f, wrap(values or ["0"])))
        tensors = ["    {%s, IL_DTYPE_%s, %d, {%s}}," % (c_string(k), kind, a.ndim, ", ".join(map(str, a.shape)) or "0")
                   for k, (a, kind) in arrays.items()]  # fmt: skip
        out.append("static const golden_tensor tensors%d[] = {\n%s\n};" % (f, "\n".join(tensors or ["    {0}"])))
        rows.append('    {"%s", bytes%d, sizeof bytes%d, tensors%d, %d, values%d, %s},'
                    % (name, f, f, f, len(arrays), f, "true" if same else "false"))  # fmt: skip
    out.append("static const golden_file golden[] = {\n%s\n};" % "\n".join(rows))
    Path(__file__).with_name("tensors.h").write_text("\n\n".join(out) + "\n")


def write_seeds():
    """Small inputs for the fuzz targets to begin with."""
    folder = Path(__file__).parent.parent / "fuzz" / "seeds"
    folder.mkdir(exist_ok=True)
    for name, data, _, _ in FILES:
        if name in ("shapes.safetensors", "bfloat.safetensors", "cube.npy", "cube3.npy", "fortran.npy"):
            (folder / name).write_bytes(data)
    tiny = {"a": np.arange(3, dtype=np.float32), "b": np.zeros((2, 0))}
    (folder / "stored.npz").write_bytes(npz(np.savez, tiny))
    (folder / "deflated.npz").write_bytes(npz(np.savez_compressed, tiny))
    text = b"".join(b"%d,%d\n" % (i, i * i) for i in range(40))
    (folder / "one.gz").write_bytes(gzip.compress(text, mtime=0))
    (folder / "two.gz").write_bytes(gzip.compress(text, mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(text[::-1], mtime=0))
    (folder / "plain.gz").write_bytes(text)


def check(folder):
    for name, _, arrays, _ in FILES:
        path = folder / name
        if name.endswith(".safetensors"):
            loaded = {k: (t.to(torch.float64).numpy(), TYPES[str(t.dtype).split(".")[1]])
                      for k, t in safetensors.torch.load_file(path).items()}  # fmt: skip
        elif name.endswith(".npy"):
            loaded = numpy_arrays({"arr_0": np.load(path)})
        else:
            loaded = numpy_arrays(dict(np.load(path)))
        assert set(loaded) == set(arrays), name
        for k, (a, kind) in arrays.items():
            assert loaded[k][1] == kind and loaded[k][0].shape == a.shape, (name, k)
            assert np.array_equal(loaded[k][0].astype(float), a.astype(float)), (name, k)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    net.load_state_dict(safetensors.torch.load_file(folder / "network.safetensors"))
    print(len(FILES), "files load")


if sys.argv[1:2] == ["check"]:
    check(Path(sys.argv[2]))
else:
    write_header()
    write_seeds()
