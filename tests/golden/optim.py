"""Writes optim.h: trainings by PyTorch, for tests/test_optim_pytorch.c.

    pip install torch
    python3 optim.py

Networks of 3-4-2 units (tanh, softmax cross-entropy, some with layer normalization) take 50 steps of 8 samples, 3 steps
an epoch, in double; kept are all parameters after a few steps. Optimizers, schedules and clipping are PyTorch's own
classes, and so is weight decay wherever an optimizer has it: l2 without clipping is its weight_decay. Elsewhere l1, l2
and elastic are added to the loss and differentiated, so that clipping sees them. PyTorch has no Lion: it is written here
as in the paper; decoupled decay and max_norm are applied by hand where PyTorch has none.

Where a sign decides (lion, rprop, l1) float and double can only agree when no number comes near to 0. Data and weights
are chosen so: the script fails when a number comes nearer than MARGIN of the largest one.
"""

import re
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
warnings.simplefilter("error")

SEED, SAMPLES, BATCH, STEPS, EPOCHS = 18, 24, 8, 50, 17
KEPT = (1, 7, 20, 50)
LOSSES = [1.0, 0.8, 0.79, 0.79, 0.9, 0.79, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.6, 0.6, 0.6, 0.6, 0.5]
MARGIN = 2e-6
nearest = 1.0

# Numbers that float holds exactly.
generator = torch.Generator().manual_seed(SEED)
X = torch.randint(-128, 129, (SAMPLES, 3), generator=generator) / 64.0
labels = ((X[:, 0] * X[:, 1] > 0) ^ (torch.rand(SAMPLES, generator=generator) < 0.2)).long()
START = [torch.randint(-200, 201, shape, generator=generator) / 256.0 for shape in ((4, 3), (4,), (2, 4), (2,))]


def watch(numbers):
    """For signs: the least of some numbers over the largest. Exact zeros are the shifts of a normalization at first."""
    global nearest
    sizes = torch.cat([x.detach().abs().flatten() for x in numbers])
    sizes = sizes[sizes > 0]
    nearest = min(nearest, (sizes.min() / sizes.max()).item())


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        updates = []
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = beta1 * m + (1 - beta1) * p.grad
                updates.append(update)
                p.copy_(p - group["lr"] * (torch.sign(update) + group["weight_decay"] * p))
                self.state[p]["m"] = beta2 * m + (1 - beta2) * p.grad
        watch(updates)


class Rprop(torch.optim.Rprop):
    def step(self):
        watch(p.grad for group in self.param_groups for p in group["params"])
        super().step()


def adamish(maker, default=0.999, **fixed):
    def make(groups, lr, beta1=0.9, beta2=default, **rest):
        return maker(groups, lr=lr, betas=(beta1, beta2), **rest, **fixed)

    return make


def make_rprop(groups, lr, eta_minus=0.5, eta_plus=1.2, min=1e-6, max=50):
    return Rprop(groups, lr=lr, etas=(eta_minus, eta_plus), step_sizes=(min, max))


def make_momentum(groups, lr, momentum=0.9, **rest):
    return torch.optim.SGD(groups, lr=lr, momentum=momentum, **rest)


MAKERS = {
    "sgd": torch.optim.SGD,
    "momentum": make_momentum,
    "nesterov": lambda groups, **rest: make_momentum(groups, nesterov=True, **rest),
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adadelta": torch.optim.Adadelta,
    "adam": adamish(torch.optim.Adam),
    "amsgrad": adamish(torch.optim.Adam, amsgrad=True),
    "adamw": adamish(torch.optim.AdamW),
    "nadam": adamish(torch.optim.NAdam),
    "lion": adamish(Lion, 0.99),
    "rprop": make_rprop,
}
DECOUPLES = {"adam", "amsgrad", "nadam"}  # take decoupled_weight_decay
OWN_DECAY = {"adamw": 0.01, "lion": 0.0}  # always decouple
NO_DECAY = {"rprop"}

OPTIMIZERS = [
    "sgd(lr=0.3)",
    "momentum(lr=0.1, momentum=0.8)",
    "momentum(lr=0.05, nesterov=true)",
    "nesterov(lr=0.1, momentum=0.7)",
    "adagrad(lr=0.1)",
    "adagrad(lr=0.2, lr_decay=0.05, initial_accumulator_value=0.3, eps=1e-6)",
    "rmsprop(lr=0.01)",
    "rmsprop(lr=0.005, alpha=0.9, eps=1e-4, momentum=0.6, centered=true)",
    "rmsprop(lr=0.02, alpha=0.95, momentum=0.5)",
    "adadelta(lr=1)",
    "adadelta(lr=0.5, rho=0.8, eps=1e-4)",
    "adam(lr=0.02)",
    "adam(lr=0.03, beta1=0.5, beta2=0.9, eps=1e-3)",
    "amsgrad(lr=0.03, beta2=0.8)",
    "adamw(lr=0.02)",
    "adamw(lr=0.05, beta1=0.8, weight_decay=0.3, all=true)",
    "nadam(lr=0.02)",
    "nadam(lr=0.03, beta1=0.8, beta2=0.95, eps=1e-4, momentum_decay=0.3)",
    "lion(lr=0.005)",
    "lion(lr=0.01, beta1=0.8, beta2=0.9, weight_decay=0.3)",
    "rprop(lr=0.01)",
    "rprop(lr=0.02, eta_minus=0.3, eta_plus=1.5, min=0.001, max=0.1)",
]
SCHEDULES = [
    "constant",
    "step(every=4, gamma=0.5)",
    "exponential(gamma=0.9)",
    "cosine(warmup=3, start=0.1, min=0.05)",
    "warmup(epochs=5, start=0.2)",
    "one_cycle(pct_start=0.4, div_factor=10)",
    "plateau(factor=0.3, patience=2, cooldown=1)",
]
CLIPS = ["none", "norm(limit=0.2)", "value(limit=0.05)"]
PENALTIES = [
    "none",
    "l1(lambda=0.01)",
    "l2(lambda=0.05)",
    "elastic(l1=0.01, l2=0.03)",
    "weight_decay(lambda=0.2)",
    "max_norm(limit=0.8)",
]


def read(text):
    """Name and arguments of a call."""
    name, arguments = re.fullmatch(r"(\w+)(?:\((.*)\))?", text).groups()
    pairs = [pair.split("=") for pair in (arguments or "").replace(" ", "").split(",") if pair]
    return name, {key: {"true": True, "false": False}.get(value) if value in ("true", "false") else float(value) for key, value in pairs}


def build(norm):
    layers = [torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)]
    if norm == "layernorm":
        layers.insert(1, torch.nn.LayerNorm(4))
    net = torch.nn.Sequential(*layers)
    with torch.no_grad():
        for p, start in zip([layers[0].weight, layers[0].bias, layers[-1].weight, layers[-1].bias], START):
            p.copy_(start)
    return net


def flatten(net):
    """Layer by layer: weights [fan_in][fan_out], bias, gain, shift."""
    parts = []
    for module in net:
        if isinstance(module, torch.nn.Linear):
            parts += [module.weight.T, module.bias]
        elif isinstance(module, torch.nn.LayerNorm):
            parts += [module.weight, module.bias]
    return torch.cat([p.detach().flatten() for p in parts]).tolist()


def make_schedule(text, optimizer, lr):
    """The scheduler, and whether it is stepped after each step rather than each epoch."""
    name, x = read(text)
    steps = SAMPLES // BATCH
    if name == "constant":
        return lr_scheduler.ConstantLR(optimizer, factor=1.0), True
    if name == "step":
        return lr_scheduler.StepLR(optimizer, int(x["every"]), x["gamma"]), False
    if name == "exponential":
        return lr_scheduler.ExponentialLR(optimizer, x["gamma"]), False
    if name == "warmup":
        return lr_scheduler.LinearLR(optimizer, x["start"], total_iters=int(x["epochs"]) * steps), True
    if name == "one_cycle":
        return lr_scheduler.OneCycleLR(optimizer, lr, EPOCHS * steps, cycle_momentum=False, **x), True
    if name == "plateau":
        x["patience"], x["cooldown"] = int(x["patience"]), int(x["cooldown"])
        return lr_scheduler.ReduceLROnPlateau(optimizer, **x), False
    rise = int(x["warmup"]) * steps
    parts = [
        lr_scheduler.LinearLR(optimizer, x["start"], total_iters=rise),
        lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * steps - rise, x["min"] * lr),
    ]
    return lr_scheduler.SequentialLR(optimizer, parts, [rise]), True


def train(optimizer_text, schedule_text, clip_text, penalty_text, norm):
    net = build(norm)
    weights = [p for p in net.parameters() if p.dim() == 2]
    others = [p for p in net.parameters() if p.dim() == 1]
    name, x = read(optimizer_text)
    penalty, y = read(penalty_text)
    clip, limit = read(clip_text)
    decay, decay_all = x.pop("weight_decay", OWN_DECAY.get(name, 0.0)), x.pop("all", False)
    everywhere = y.pop("all", False)
    penalized = weights + others if everywhere else weights

    # What PyTorch's optimizer itself can do.
    by_optimizer = clip == "none" and penalty == "l2" and name not in NO_DECAY and name not in OWN_DECAY
    by_optimizer |= penalty == "weight_decay" and name in DECOUPLES
    if by_optimizer:
        decay, decay_all = y["lambda"], everywhere
    if penalty == "weight_decay" and name in DECOUPLES:
        x["decoupled_weight_decay"] = True
    groups = [{"params": weights}, {"params": others}]
    if decay:
        groups[0]["weight_decay"], groups[1]["weight_decay"] = decay, decay if decay_all else 0.0
    elif name == "adamw":
        x["weight_decay"] = 0.0
    optimizer = MAKERS[name](groups, **x)
    schedule, each_step = make_schedule(schedule_text, optimizer, x["lr"])

    kept = []
    for step in range(STEPS):
        batch = slice(step * BATCH % SAMPLES, step * BATCH % SAMPLES + BATCH)
        loss = torch.nn.functional.cross_entropy(net(X[batch]), labels[batch])
        if penalty in ("l1", "elastic"):
            watch(penalized)
            loss = loss + y.get("l1", y.get("lambda")) * sum(p.abs().sum() for p in penalized)
        if (penalty == "l2" and not by_optimizer) or penalty == "elastic":
            loss = loss + y.get("l2", y.get("lambda")) / 2 * sum((p**2).sum() for p in penalized)
        optimizer.zero_grad()
        loss.backward()
        if clip == "norm":
            torch.nn.utils.clip_grad_norm_(net.parameters(), limit["limit"])
        if clip == "value":
            torch.nn.utils.clip_grad_value_(net.parameters(), limit["limit"])
        with torch.no_grad():
            if penalty == "weight_decay" and not by_optimizer:
                for p in penalized:
                    p.mul_(1 - optimizer.param_groups[0]["lr"] * y["lambda"])
        optimizer.step()
        with torch.no_grad():
            if penalty == "max_norm":
                for p in penalized:
                    norm = p.norm(dim=1, keepdim=True) if p.dim() == 2 else p.abs()
                    p.mul_((y["limit"] / norm).clamp(max=1))
        if step + 1 in KEPT:
            kept.append(flatten(net))
        if each_step:
            schedule.step()
        elif (step + 1) % (SAMPLES // BATCH) == 0:
            if schedule_text.startswith("plateau"):
                schedule.step(LOSSES[step // (SAMPLES // BATCH)])
            else:
                schedule.step()
    return kept


def cases():
    for i, optimizer in enumerate(OPTIMIZERS):
        yield optimizer, "constant", "none", "none", "none"
        for j in range(1, 11):
            # Over all j every schedule, every clip and every penalty.
            schedule = SCHEDULES[0 if optimizer.startswith("rprop") else j % 7]
            yield optimizer, schedule, CLIPS[(i + j) % 3], PENALTIES[(2 * i + j + j // 6) % 6], "none"
    # Learning rates at which a change of 1e-7 in the first weights stays one: four times as large, sgd makes 5e-4 of it.
    for penalty in PENALTIES[1:]:
        for optimizer in ("sgd(lr=0.05)", "adam(lr=0.01)"):
            yield optimizer, "constant", "norm(limit=0.5)", penalty, "layernorm"
            yield optimizer, "constant", "none", penalty[:-1] + ", all=true)", "layernorm"
    for optimizer in ("adamw(lr=0.02, weight_decay=0.5", "lion(lr=0.004, weight_decay=0.5"):
        yield optimizer + ")", "constant", "none", "none", "layernorm"
        yield optimizer + ", all=true)", "cosine(warmup=3, start=0.1, min=0.05)", "none", "none", "layernorm"


def numbers(values, form):
    """Lines of at most 118 characters."""
    lines, line = [], ""
    for value in values:
        text = format(value, form).replace("0.", ".", 1) if abs(value) < 1 else format(value, form)
        if len(line) + len(text) > 116:
            lines.append(line)
            line = ""
        line += text + ","
    return "\n".join([*lines, line])


def write():
    out = [
        f"/* Made by optim.py with torch {torch.__version__.split('+')[0]}: do not edit. */",
        "/* clang-format off */",
        f"#define GOLDEN_SAMPLES {SAMPLES}",
        f"#define GOLDEN_BATCH {BATCH}",
        f"#define GOLDEN_STEPS {STEPS}",
        f"#define GOLDEN_EPOCHS {EPOCHS}",
        f"#define GOLDEN_KEPT {len(KEPT)}",
        "",
        f"static const int golden_kept[] = {{{', '.join(map(str, KEPT))}}};",
        f"static const double golden_X[] = {{\n{numbers(X.flatten().tolist(), '.9g')}}};",
        f"static const int golden_label[] = {{{', '.join(map(str, labels.tolist()))}}};",
        f"static const double golden_start[] = {{ /* of a network without normalization */\n{numbers(flatten(build('none')), '.9g')}}};",
        f"static const double golden_losses[] = {{{', '.join(map(str, LOSSES))}}}; /* after each epoch */",
        "",
        "/* The parameters are layer by layer: weights [fan_in][fan_out], bias, gain, shift. */",
        "static const struct golden_optim {",
        "    const char *optimizer, *schedule, *clip, *penalty, *norm;",
        "    double after[GOLDEN_KEPT][34];",
        "} golden_optim[] = {",
    ]
    count = 0
    for case in cases():
        out.append("{" + ", ".join(f'"{text}"' for text in case) + ", {")
        out += ["{" + numbers(kept, ".11g") + "}," for kept in train(*case)]
        out.append("}},")
        count += 1
    Path(__file__).with_name("optim.h").write_text("\n".join([*out, "};", ""]))
    print(count, "cases; the nearest that a number whose sign decides came to 0:", nearest)
    assert nearest > MARGIN


write()
