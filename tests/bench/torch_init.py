# The same layers from PyTorch, one thread, for the comparison in README.md: python3 torch_init.py (needs torch).
import time

import torch

torch.set_num_threads(1)


def best(work, repetitions=5):
    work()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


W = torch.empty(4096, 4096)
for name, work in {
    "normal_ 4096x4096": lambda: W.normal_(0, 0.02),
    "uniform_ 4096x4096": lambda: W.uniform_(-1, 1),
    "zero_ 4096x4096": lambda: W.zero_(),
}.items():
    seconds = best(work)
    print(f"{name:24} {seconds:.4f} s {W.numel() * 4e-9 / seconds:.2f} GB/s")
Q = torch.empty(1024, 1024)
print(f"{'orthogonal_ 1024x1024':24} {best(lambda: torch.nn.init.orthogonal_(Q)):.4f} s")
