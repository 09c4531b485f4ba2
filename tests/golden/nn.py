"""Writes nn.h: what PyTorch makes of activations, losses, norms and whole networks, for tests/test_torch.c.

    pip install torch
    python3 nn.py

Everything is double. Inputs come from a generator of 16-bit numbers that the test repeats, so they are exact in
float too; `draw` and `golden_draw` must agree. Where PyTorch has no such loss (perceptron, a binary hinge) there are
no goldens: tests/test_loss.c has closed forms.
"""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


class Draws:
    """Multiples of 2^-15 in [-1, 1)."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, *shape):
        out = []
        for _ in range(torch.Size(shape).numel()):
            self.state = (self.state * 1664525 + 1013904223) % 2**32
            out.append((self.state >> 16) / 2**15 - 1)
        return torch.tensor(out).reshape(shape)


class Sine(nn.Module):
    def forward(self, z):
        return torch.sin(z)


class Abs(nn.Module):
    def forward(self, z):
        return torch.abs(z)


# In call notation, and a function that makes the module for a number of units.
ACTIVATIONS = [
    ("linear", lambda n: nn.Identity()),
    ("relu", lambda n: nn.ReLU()),
    ("leaky_relu", lambda n: nn.LeakyReLU()),
    ("leaky_relu(slope=0.2)", lambda n: nn.LeakyReLU(0.2)),
    ("prelu", lambda n: nn.PReLU()),
    ("prelu(slope=0.1, per_unit=true)", lambda n: nn.PReLU(n, 0.1)),
    ("elu", lambda n: nn.ELU()),
    ("elu(alpha=0.5)", lambda n: nn.ELU(0.5)),
    ("selu", lambda n: nn.SELU()),
    ("softplus", lambda n: nn.Softplus(threshold=1e9)),
    ("silu", lambda n: nn.SiLU()),
    ("gelu", lambda n: nn.GELU()),
    ("gelu_tanh", lambda n: nn.GELU("tanh")),
    ("mish", lambda n: nn.Mish()),
    ("tanh", lambda n: nn.Tanh()),
    ("hard_tanh", lambda n: nn.Hardtanh()),
    ("softsign", lambda n: nn.Softsign()),
    ("sigmoid", lambda n: nn.Sigmoid()),
    ("sine", lambda n: Sine()),
    ("abs", lambda n: Abs()),
]

# Kinks are among them. PyTorch ends softplus at 20 by default; without that end, exp must not overflow.
POINTS = [s * x for s in (1, -1) for x in (0.0, 2**-20, 0.125, 0.5, 1.0, 1.75, 3.0, 6.5, 20.0, 90.0, 600.0)]

LOSSES = [
    ("bce", F.binary_cross_entropy_with_logits, "any"),
    ("mse", F.mse_loss, "any"),
    ("mae", F.l1_loss, "any"),
    ("huber", F.huber_loss, "any"),
    ("huber(delta=0.3)", lambda z, y: F.huber_loss(z, y, delta=0.3), "any"),
    ("softmax_ce", F.cross_entropy, "classes"),
    ("softmax_ce(label_smoothing=0.1)", lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1), "classes"),
    ("softmax_ce(label_smoothing=1)", lambda z, y: F.cross_entropy(z, y, label_smoothing=1.0), "classes"),
    ("hinge", lambda z, y: F.multi_margin_loss(z, y.argmax(1)), "classes"),
    ("hinge(margin=0.5, squared=true)", lambda z, y: F.multi_margin_loss(z, y.argmax(1), p=2, margin=0.5), "classes"),
]

NORMS = [
    ("none", lambda n: [], False),
    ("batchnorm", lambda n: [nn.BatchNorm1d(n)], False),
    ("batchnorm(after=true, momentum=0.3, eps=0.001)", lambda n: [nn.BatchNorm1d(n, 0.001, 0.3)], True),
    ("layernorm", lambda n: [nn.LayerNorm(n)], False),
    ("layernorm(after=true, eps=0.001)", lambda n: [nn.LayerNorm(n, 0.001)], True),
]

SAMPLES = 5
values = []


def keep(tensor):
    """Appends a tensor; returns where it begins."""
    at = len(values)
    values.extend(tensor.detach().reshape(-1).tolist())
    return at


def targets(K):
    y = torch.zeros(SAMPLES, K)
    for i in range(SAMPLES):
        if K == 1:
            y[i, 0] = i % 2
        else:
            y[i, i % K] = 1
    return y


def activations():
    for name, make in ACTIVATIONS:
        z = torch.tensor(POINTS, requires_grad=True)
        a = make(1)(z.reshape(-1, 1))
        a.sum().backward()
        yield '{"%s", %d, %d}' % (name, keep(a), keep(z.grad))


def losses():
    for name, loss, kind in LOSSES:
        for K in (1, 3):
            for scale in (1, 8, 16384):
                if kind == "classes" and K == 1:
                    continue
                z = (Draws(7)(SAMPLES, K) * scale).requires_grad_()
                value = loss(z, targets(K))
                value.backward()
                yield '{"%s", %d, %d, %d, %d}' % (name, K, scale, keep(value), keep(z.grad))


def build(widths, activation, norm, after, draws):
    """Parameters are drawn in the order W [in][out], b, gain, shift of each layer, as the library holds them."""
    layers = []
    for k, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        linear = nn.Linear(fan_in, fan_out)
        with torch.no_grad():
            linear.weight.copy_(draws(fan_in, fan_out).T)
            linear.bias.copy_(draws(fan_out))
        layers.append(linear)
        if k + 2 == len(widths):
            break
        hidden, normed = [activation(fan_out)], norm(fan_out)
        for x in normed:
            with torch.no_grad():
                x.weight.copy_(1 + draws(fan_out) / 2)
                x.bias.copy_(draws(fan_out))
        layers += hidden + normed if after else normed + hidden
    return nn.Sequential(*layers)


def gradients(net):
    """Layer by layer in the library's order: W, b, gain, shift, slope."""
    out, slopes = [], []
    for x in net:
        if isinstance(x, nn.Linear):
            out += slopes
            slopes = []
            out += [x.weight.grad.T.reshape(-1), x.bias.grad]
        elif isinstance(x, nn.PReLU):
            slopes = [x.weight.grad]
        elif list(x.parameters()):
            out += [x.weight.grad, x.bias.grad]
    return torch.cat(out + slopes)


def networks():
    cases = [(a, ("bce", LOSSES[0][1]), 2, NORMS[0]) for a in ACTIVATIONS]
    cases += [(ACTIVATIONS[14], loss[:2], 3, NORMS[0]) for loss in LOSSES]
    cases += [(a, LOSSES[5][:2], 3, n) for n in NORMS[1:] for a in (ACTIVATIONS[14], ACTIVATIONS[5])]
    for (activation, make), (name, loss), K, (norm, make_norm, after) in cases:
        draws = Draws(11)
        net = build((3, 5, 4, K), make, make_norm, after, draws)
        rows = []
        for step in range(3):  # training passes on batches of their own, so that running statistics move
            x = draws(SAMPLES, 3)
            net.zero_grad()
            z = net(x)
            loss(z, targets(K)).backward()
            rows.append((z, gradients(net)))
        running = [b for m in net if isinstance(m, nn.BatchNorm1d) for b in (m.running_mean, m.running_var)]
        net.eval()
        net.zero_grad()
        z = net(x)
        loss(z, targets(K)).backward()
        rows.append((z, gradients(net)))
        at = [keep(t) for row in rows for t in row]
        last = keep(torch.cat(running)) if running else 0
        yield '{"%s", "%s", "%s", %d, {%s}, %d}' % (activation, name, norm, K, ", ".join(map(str, at)), last)


def table(declaration, rows):
    return [declaration + " = {"] + ["    %s," % row for row in rows] + ["};", ""]


def main():
    body = ["static const double golden_z[] = {", ", ".join(map(repr, POINTS)), "};", ""]
    body += table(
        "static const struct golden_activation {\n    const char *name;\n    size_t a, slope; /* [golden_z] */\n"
        "} golden_activations[]",
        activations(),
    )
    body += table(
        "static const struct golden_loss {\n    const char *name;\n    size_t outputs, scale, value, gradient;\n"
        "} golden_losses[]",
        losses(),
    )
    body += table(
        "/* Logits and gradients of three training passes and one of evaluation; running statistics after the third. */\n"
        "static const struct golden_network {\n    const char *hidden, *loss, *norm;\n    size_t outputs, at[8], running;\n"
        "} golden_networks[]",
        networks(),
    )
    head = [
        "/* Written by nn.py with PyTorch %s: see there. Indices are into golden_values. */" % torch.__version__.split("+")[0],
        "#ifndef GOLDEN_NN_H",
        "#define GOLDEN_NN_H",
        "",
        "#include <stddef.h>",
        "",
        "enum { GOLDEN_SAMPLES = %d };" % SAMPLES,
        "",
    ]
    texts = ["%.15g" % v for v in values]
    numbers = ["/* clang-format off */", "static const double golden_values[] = {"]
    numbers += ["    %s," % ", ".join(texts[i : i + 4]) for i in range(0, len(texts), 4)]
    numbers += ["};", ""]
    Path(__file__).with_name("nn.h").write_text("\n".join(head + body + numbers + ["#endif", ""]))


main()
