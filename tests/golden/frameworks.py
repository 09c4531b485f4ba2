"""Writes frameworks.h: what other libraries' initializers draw, for tests/test_frameworks.c.

    pip install torch==2.15.0 keras==3.15.1 jax==0.10.2 flax==0.12.8 numpy
    python3 frameworks.py

Every expression below is evaluated as it stands, as often as it takes for DRAWS values, and the
file keeps order statistics of the pooled sample (its hundredths, the least and the greatest, and
the EXTREME-th from either end), its mean and its standard deviation. `ours` is the call of this
library that must agree; `differs` names calls that must not: where a library means something else
by a name, both are given, and `note` says what. Deterministic schemes are compared value by value.

Layers are fan_in x fan_out; torch keeps the transpose, which is turned here.
"""

import os
import textwrap
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import flax  # noqa: E402
import flax.linen  # noqa: E402
import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

DRAWS = 2**19
EXTREME = 24

TALL, WIDE, SQUARE = (256, 128), (64, 512), (200, 200)
EVERY, OBLONG = (TALL, WIDE, SQUARE), (TALL, WIDE)

rows, fixed = [], []


def torch_init(call, fan_in, fan_out, _):
    w = torch.empty(fan_out, fan_in)
    exec(call, {"w": w, **vars(torch.nn.init)})
    return w.numpy().T


def torch_linear(call, fan_in, fan_out, _):
    parts = eval(call, {"Linear": torch.nn.Linear, "fan_in": fan_in, "fan_out": fan_out})
    return parts.detach().numpy().T


def keras_init(call, fan_in, fan_out, _):
    return np.asarray(eval(call, vars(keras.initializers))((fan_in, fan_out)))


def keras_dense(call, fan_in, fan_out, _):
    layer = keras.layers.Dense(fan_out)
    layer.build((None, fan_in))
    return np.asarray(eval(call, {"Dense": layer}))


def jax_init(call, fan_in, fan_out, key):
    return np.asarray(eval(call, vars(jax.nn.initializers))(key, (fan_in, fan_out)))


def flax_dense(call, fan_in, fan_out, key):
    params = flax.linen.Dense(fan_out).init(key, np.zeros((1, fan_in), np.float32))["params"]
    return np.asarray(params[call.removeprefix("Dense.")])


def draw(maker, call, shape, seed):
    """One layer after another, as double [fan_in][fan_out], or [fan_out] for a bias."""
    torch.manual_seed(seed)
    keras.utils.set_random_seed(seed)
    key = jax.random.key(seed)
    while True:
        key, one = jax.random.split(key)
        yield np.asarray(maker(call, *shape, one), dtype=np.float64)


def random(maker, call, ours, *differs, shapes=OBLONG, hidden=None, bias=False, note=None):
    """A row for each shape. A sparse scheme's zeros are counted, as many for every input, and its
    other values drawn from."""
    sparse = call.startswith("sparse")
    for shape in shapes:
        values, layers, zeros = [], 0, {0}
        for W in draw(maker, call, shape, len(rows)):
            values.append(W[W != 0] if sparse else W.ravel())
            layers += 1
            zeros |= set((W == 0).sum(axis=-1).tolist()) if sparse else set()
            if sum(map(len, values)) >= DRAWS:
                break
        zeros = max(zeros)
        assert not sparse or sum(map(len, values)) == layers * shape[0] * (shape[1] - zeros)
        x = np.sort(np.concatenate(values))
        n = len(x)
        ranks = [1, EXTREME, *(j * n // 100 for j in range(1, 100)), n + 1 - EXTREME, n]
        rows.append((maker, call, ours, differs, note, hidden, bias, shape, layers, zeros, n))
        rows[-1] += (x.mean(), x.std(), x[np.array(ranks) - 1])


def exact(maker, call, ours, shapes=OBLONG, bias=False):
    for shape in shapes:
        W = next(draw(maker, call, shape, 0))
        diagonal, elsewhere = W.flat[0], W.flat[1]
        assert np.all(W == (elsewhere if bias else np.where(np.eye(*shape), diagonal, elsewhere)))
        fixed.append((maker, call, ours, bias, shape, diagonal, elsewhere))


def torch_rows():
    t = torch_init
    exact(t, "zeros_(w)", "zeros")
    exact(t, "ones_(w)", "ones")
    exact(t, "constant_(w, 0.25)", "constant(0.25)")
    exact(t, "eye_(w)", "identity", shapes=EVERY)
    random(t, "uniform_(w)", "uniform(low=0, high=1)", shapes=[TALL])
    random(t, "uniform_(w, -0.1, 0.3)", "uniform(low=-0.1, high=0.3)", shapes=[WIDE])
    random(t, "normal_(w)", "normal(std=1)", shapes=[TALL])
    random(t, "normal_(w, 0.5, 0.02)", "normal(mean=0.5, std=0.02)", shapes=[WIDE])
    random(
        t,
        "trunc_normal_(w)",
        "truncated_normal(std=0.87962566103423978)",
        "truncated_normal(std=1)",
        shapes=[TALL],
        note="torch's std is that of the normal before it is cut; here it is that of the weights",
    )
    random(
        t,
        "trunc_normal_(w, std=0.02)",
        "normal(std=0.02)",
        "truncated_normal(std=0.02)",
        shapes=[WIDE],
        note="torch cuts at a=-2 and b=2 themselves, not at 2 std: with std=0.02 it cuts nothing",
    )
    random(
        t,
        "trunc_normal_(w, std=0.02, a=-0.04, b=0.04)",
        "truncated_normal(std=0.017592513220684796)",
        "truncated_normal(std=0.02)",
        shapes=[WIDE],
        note="cut at 2 std, torch's weights have 0.8796 of the std that is asked for",
    )
    for kind in ("uniform", "normal"):
        xavier, he = f"xavier_{kind}", f"he_{kind}"
        random(t, f"xavier_{kind}_(w)", xavier, shapes=EVERY)
        random(
            t,
            f"xavier_{kind}_(w, gain=calculate_gain('tanh'))",
            f"{xavier}(gain=5/3)",
            f"{xavier}(gain=auto)",
            hidden="tanh",
            note="torch's gain for tanh is 5/3; 1/sqrt(E[tanh(z)^2]) is 1.5925",
        )
        random(t, f"kaiming_{kind}_(w)", he, shapes=EVERY)
        random(t, f"kaiming_{kind}_(w, mode='fan_out')", f"{he}(mode=fan_out)", he)
        random(t, f"kaiming_{kind}_(w, a=0.2)", f"{he}(slope=0.2)", he)
        random(t, f"kaiming_{kind}_(w, nonlinearity='linear')", f"lecun_{kind}")
    random(
        t,
        "xavier_normal_(w, gain=calculate_gain('relu'))",
        "xavier_normal(gain=auto)",
        hidden="relu",
        shapes=[TALL],
    )
    random(
        t,
        "xavier_normal_(w, gain=calculate_gain('sigmoid'))",
        "xavier_normal",
        "xavier_normal(gain=auto)",
        hidden="sigmoid",
        shapes=[TALL],
        note="torch's gain for sigmoid is 1; 1/sqrt(E[sigmoid(z)^2]) is 1.8462",
    )
    random(
        t,
        "xavier_normal_(w, gain=calculate_gain('selu'))",
        "xavier_normal(gain=3/4)",
        "xavier_normal(gain=auto)",
        hidden="selu",
        shapes=[TALL],
        note="torch's gain for SELU is 3/4; SELU keeps variance 1 with gain 1",
    )
    random(
        t,
        "kaiming_normal_(w, nonlinearity='selu')",
        "variance_scaling(scale=9/16, mode=fan_in, distribution=normal)",
        "lecun_normal",
        note="torch's SELU variance is 9/16 of the 1/fan_in that self-normalization needs",
    )
    random(t, "orthogonal_(w)", "orthogonal", shapes=EVERY)
    random(t, "orthogonal_(w, gain=2**0.5)", "orthogonal(gain=1.4142135623730951)", shapes=[TALL])
    sparse = (
        "torch zeroes part of each input's outgoing weights; Martens' units keep k incoming ones"
    )
    random(
        t,
        "sparse_(w, 0.1)",
        "sparse_columns(sparsity=0.1)",
        "sparse(k=230, std=0.01)",
        shapes=[TALL],
        note=sparse,
    )
    random(
        t,
        "sparse_(w, 0.9)",
        "sparse_columns(sparsity=0.9)",
        "sparse(k=6, std=0.01)",
        shapes=[WIDE],
        note=sparse,
    )
    random(t, "sparse_(w, 0.07, std=1)", "sparse_columns(sparsity=0.07, std=1)", shapes=[(64, 100)])
    random(
        torch_linear,
        "Linear(fan_in, fan_out).weight",
        "torch_linear",
        "kaiming_uniform",
        "xavier_uniform",
        shapes=EVERY,
        note="Linear's kaiming_uniform(a=sqrt(5)) is U(+-1/sqrt(fan_in)), variance 1/(3 fan_in)",
    )
    random(torch_linear, "Linear(fan_in, fan_out).bias", "torch_linear", shapes=[WIDE], bias=True)


def keras_rows():
    k = keras_init
    cut = "Keras cuts the normal at 2 std and restores the variance; here the normal is whole"
    exact(k, "Zeros()", "zeros")
    exact(k, "Ones()", "ones")
    exact(k, "Constant(0.25)", "constant(0.25)")
    exact(k, "Identity(gain=0.5)", "identity(gain=0.5)", shapes=EVERY)
    random(k, "RandomUniform()", "uniform(low=-0.05, high=0.05)", shapes=[TALL])
    random(k, "RandomNormal()", "normal(std=0.05)", shapes=[TALL])
    random(
        k,
        "TruncatedNormal()",
        "truncated_normal(std=0.043981283051711989)",
        "truncated_normal(std=0.05)",
        shapes=[TALL],
        note="Keras' stddev is that of the normal before it is cut; here it is that of the weights",
    )
    truncated = "variance_scaling(scale={}, mode={}, distribution=truncated)"
    random(k, "GlorotUniform()", "glorot_uniform", shapes=EVERY)
    random(
        k, "GlorotNormal()", truncated.format(1, "fan_avg"), "glorot_normal", shapes=EVERY, note=cut
    )
    random(k, "HeUniform()", "he_uniform", shapes=EVERY)
    random(k, "HeNormal()", truncated.format(2, "fan_in"), "he_normal", note=cut)
    random(k, "LecunUniform()", "lecun_uniform", shapes=EVERY)
    random(k, "LecunNormal()", truncated.format(1, "fan_in"), "lecun_normal", note=cut)
    random(k, "VarianceScaling()", truncated.format(1, "fan_in"))
    random(
        k,
        "VarianceScaling(3, 'fan_out', 'untruncated_normal')",
        "variance_scaling(scale=3, mode=fan_out, distribution=normal)",
    )
    random(
        k,
        "VarianceScaling(0.5, 'fan_avg', 'uniform')",
        "variance_scaling(scale=0.5, mode=fan_avg, distribution=uniform)",
    )
    random(k, "Orthogonal()", "orthogonal", shapes=EVERY)
    random(keras_dense, "Dense.kernel", "keras_dense", shapes=EVERY)
    exact(keras_dense, "Dense.bias", "keras_dense", bias=True)


def jax_rows():
    j = jax_init
    cut = "JAX cuts the normal at 2 std and restores the variance; here the normal is whole"
    truncated = "variance_scaling(scale={}, mode={}, distribution=truncated)"
    random(
        j,
        "uniform()",
        "uniform(low=0, high=0.01)",
        "uniform(low=-0.01, high=0.01)",
        shapes=[TALL],
        note="JAX's uniform(scale) is U(0, scale), not centred on 0",
    )
    random(j, "normal()", "normal(std=0.01)", shapes=[TALL])
    random(
        j,
        "truncated_normal()",
        "truncated_normal(std=0.0087962566103423978)",
        "truncated_normal(std=0.01)",
        shapes=[TALL],
        note="JAX's stddev is that of the normal before it is cut; here it is that of the weights",
    )
    random(j, "glorot_uniform()", "glorot_uniform")
    random(j, "glorot_normal()", truncated.format(1, "fan_avg"), "glorot_normal", note=cut)
    random(j, "he_uniform()", "he_uniform")
    random(j, "he_normal()", truncated.format(2, "fan_in"), "he_normal", note=cut)
    random(j, "lecun_uniform()", "lecun_uniform")
    random(
        j, "lecun_normal()", truncated.format(1, "fan_in"), "lecun_normal", shapes=EVERY, note=cut
    )
    random(
        j,
        "variance_scaling(2, 'fan_geo_avg', 'normal')",
        "variance_scaling(scale=2, mode=fan_geo_avg, distribution=normal)",
        "variance_scaling(scale=2, mode=fan_avg, distribution=normal)",
    )
    random(j, "orthogonal()", "orthogonal")
    random(
        flax_dense,
        "Dense.kernel",
        "flax_dense",
        "lecun_normal",
        "keras_dense",
        shapes=EVERY,
        note="Flax's Dense draws JAX's truncated lecun_normal, Keras' glorot_uniform",
    )
    exact(flax_dense, "Dense.bias", "flax_dense", bias=True)


NAMES = {
    torch_init: "torch.nn.init.",
    torch_linear: "torch.nn.",
    keras_init: "keras.initializers.",
    keras_dense: "keras.layers.",
    jax_init: "jax.nn.initializers.",
    flax_dense: "flax.linen.",
}


def text(s):
    return "NULL" if s is None else '"' + s + '"'


def quantiles(values):
    words = ", ".join(f"{v:.7g}" for v in values)
    return textwrap.fill(words, 110, initial_indent="     ", subsequent_indent="     ")


def write():
    out = [
        "/* Made by frameworks.py with"
        f" torch {torch.__version__.split('+')[0]}, keras {keras.__version__},"
        f" jax {jax.__version__} and flax {flax.__version__}. */",
        "/* clang-format off */",
        "#include <stdbool.h>",
        "#include <stddef.h>",
        "",
        f"#define GOLDEN_EXTREME {EXTREME}",
        "#define GOLDEN_QUANTILES 103",
        "",
        "static const struct golden_framework {",
        "    const char *call, *ours, *differs[2], *note, *hidden;",
        "    bool bias;",
        "    size_t fan_in, fan_out, layers;",
        "    size_t zeros, n; /* zeros of each input; values drawn, zeros not among them */",
        "    double mean, std, quantile[GOLDEN_QUANTILES];",
        "} golden_frameworks[] = {",
    ]
    for (
        maker,
        call,
        ours,
        differs,
        note,
        hidden,
        bias,
        shape,
        layers,
        zeros,
        n,
        mean,
        std,
        q,
    ) in rows:
        differs = ", ".join(map(text, differs)) or "NULL"
        out.append(f"    {{{text(NAMES[maker] + call)}, {text(ours)},")
        out.append(f"     {{{differs}}}, {text(note)}, {text(hidden)},")
        out.append(
            f"     {str(bool(bias)).lower()}, {shape[0]}, {shape[1]}, {layers}, {zeros}, {n},"
            f" {mean:.9g}, {std:.9g}, {{"
        )
        out.append(quantiles(q) + "}},")
    out += [
        "};",
        "",
        "static const struct golden_fixed {",
        "    const char *call, *ours;",
        "    bool bias;",
        "    size_t fan_in, fan_out;",
        "    double diagonal, elsewhere;",
        "} golden_fixed[] = {",
    ]
    for maker, call, ours, bias, shape, diagonal, elsewhere in fixed:
        out.append(
            f"    {{{text(NAMES[maker] + call)}, {text(ours)}, {str(bias).lower()},"
            f" {shape[0]}, {shape[1]}, {diagonal:.9g}, {elsewhere:.9g}}},"
        )
    Path(__file__).with_name("frameworks.h").write_text("\n".join([*out, "};", ""]))


torch_rows()
keras_rows()
jax_rows()
write()
