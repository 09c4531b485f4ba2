"""Writes weights.h: networks of torch.nn.Sequential as safetensors.torch saves them, an input, and their logits in
evaluation mode. Needs torch and safetensors.

    python3 tests/golden/weights.py > tests/golden/weights.h
"""

import torch
from safetensors.torch import save
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(11)


def plain(kind):
    return lambda units: kind()


def hidden(fan_in, fan_out, norm, activation, dropout):
    before = [norm[0](fan_out)] if norm and not norm[1] else []
    after = [norm[0](fan_out)] if norm and norm[1] else []
    return [nn.Linear(fan_in, fan_out), *before, activation(fan_out), *after, *([nn.Dropout(0.5)] if dropout else [])]


CASES = [
    ("plain", "3-5-2", "relu", "none", "none", [3, 5, 2], None, plain(nn.ReLU), False),
    ("single", "3-2", "relu", "none", "none", [3, 2], None, plain(nn.ReLU), False),
    ("deep", "3-[4]x11-2", "tanh", "none", "none", [3] + [4] * 11 + [2], None, plain(nn.Tanh), False),
    ("batchnorm", "3-5-4-2", "tanh", "batchnorm", "0.5", [3, 5, 4, 2], (nn.BatchNorm1d, False), plain(nn.Tanh), True),
    ("batchnorm_after", "3-5-4-2", "relu", "batchnorm(after=true)", "none", [3, 5, 4, 2], (nn.BatchNorm1d, True), plain(nn.ReLU), False),
    ("layernorm", "3-5-4-2", "sigmoid", "layernorm", "none", [3, 5, 4, 2], (nn.LayerNorm, False), plain(nn.Sigmoid), False),
    ("prelu", "3-5-4-2", "prelu", "none", "none", [3, 5, 4, 2], None, plain(nn.PReLU), False),
    ("prelu_units", "3-5-4-2", "prelu(per_unit=true)", "none", "0.5", [3, 5, 4, 2], None, nn.PReLU, True),
    ("prelu_batchnorm", "3-5-4-2", "prelu(per_unit=true)", "batchnorm", "0.5", [3, 5, 4, 2], (nn.BatchNorm1d, False), nn.PReLU, True),
    ("prelu_after", "3-5-4-2", "prelu", "batchnorm(after=true)", "alpha_dropout", [3, 5, 4, 2], (nn.BatchNorm1d, True), plain(nn.PReLU), True),
    ("layernorm_after", "3-5-4-2", "prelu(per_unit=true)", "layernorm(after=true)", "0.5", [3, 5, 4, 2], (nn.LayerNorm, True), nn.PReLU, True),
]


def array(type_, name, values):
    print(f"static const {type_} {name}[] = {{")
    for i in range(0, len(values), 8):
        print("    " + ", ".join(values[i : i + 8]) + ",")
    print("};")


print("/* Made by weights.py from PyTorch " + torch.__version__.split("+")[0] + ". */")
print("/* clang-format off */")
X = torch.randn(4, 3)
array("double", "golden_input", [f"{v:.9g}" for v in X.flatten().tolist()])
rows = []
for name, widths, act, norm_text, dropout_text, sizes, norm, activation, dropout in CASES:
    modules = []
    for a, b in zip(sizes[:-2], sizes[1:-1]):
        modules += hidden(a, b, norm, activation, dropout)
    net = nn.Sequential(*modules, nn.Linear(sizes[-2], sizes[-1]))
    with torch.no_grad():
        for key, value in net.state_dict().items():
            if key.endswith("running_var"):
                value.uniform_(0.5, 2)
            elif value.dim() == 1 and value.is_floating_point():
                value.normal_()
    net.eval()
    logits = net(X).flatten().tolist()
    data = save(net.state_dict())
    array("unsigned char", f"golden_{name}_file", [str(b) for b in data])
    array("double", f"golden_{name}_logits", [f"{v:.9g}" for v in logits])
    rows.append(
        f'    {{"{name}", "{widths}", "{act}", "{norm_text}", "{dropout_text}", golden_{name}_file, '
        f"sizeof golden_{name}_file, golden_{name}_logits}},"
    )
print("static const struct {")
print("    const char *name, *widths, *hidden, *norm, *dropout;")
print("    const unsigned char *file;")
print("    size_t size;")
print("    const double *logits; /* [4][2] */")
print("} golden[] = {")
print("\n".join(rows))
print("};")
