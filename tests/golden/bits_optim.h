/* Hashes (64-bit FNV-1a) of what optimizers, schedules, clips and penalties make, checked by test_bits_optim.c on every
 * build. They change only when an algorithm changes, which is a change of every published number: say so in the
 * commit. */
#ifndef GOLDEN_BITS_OPTIM_H
#define GOLDEN_BITS_OPTIM_H

struct golden_bits {
    const char *text;
    uint64_t hash;
};

static const struct golden_bits golden_optimizers[] = {
    {"sgd", UINT64_C(0x9db03066077934d2)},
    {"momentum", UINT64_C(0xd145914319f43bc1)},
    {"nesterov", UINT64_C(0x271043088d66bcaa)},
    {"adagrad(lr_decay=0.01)", UINT64_C(0x56ac3d01695ad752)},
    {"rmsprop", UINT64_C(0xb7767d0e1e5743f8)},
    {"rmsprop(alpha=0.9, momentum=0.5, centered=true)", UINT64_C(0xcffbaf84ced73245)},
    {"adadelta", UINT64_C(0x9c189878d14f4a68)},
    {"adam", UINT64_C(0x9c814b2b6a3e5ae4)},
    {"amsgrad", UINT64_C(0x04ca6ed313e21627)},
    {"adamw(all=true)", UINT64_C(0x3defb27ee7005e19)},
    {"nadam", UINT64_C(0xa22ff661dda5ec94)},
    {"lion(weight_decay=0.1)", UINT64_C(0x3309e9681c8278e6)},
    {"rprop", UINT64_C(0x85d364f6162e7d2f)},
};

static const struct golden_bits golden_penalties[] = {
    {"none", UINT64_C(0x53b8601c98db22f4)},
    {"l1(0.01, all=true)", UINT64_C(0xf8181e11d49b629a)},
    {"l2(0.02)", UINT64_C(0xc9a61f1ea3a7f687)},
    {"elastic(0.01, 0.02)", UINT64_C(0x03c2aebb45fecdfd)},
    {"weight_decay(0.3)", UINT64_C(0xf4a6e3665e79f4cd)},
    {"max_norm(0.9)", UINT64_C(0xff335521275fbb28)},
};

static const struct golden_bits golden_clips[] = {
    {"none", UINT64_C(0xc8f43f43e6e962e9)},
    {"value(0.02)", UINT64_C(0x4380c97123bd7ee3)},
    {"norm(0.1)", UINT64_C(0xb4d6f4ccd05d7770)},
};

static const struct golden_bits golden_schedules[] = {
    {"constant", UINT64_C(0x0f6a6b5599352c25)},
    {"step(every=7, gamma=0.3)", UINT64_C(0x5cc9b36ab95b17f9)},
    {"exponential(gamma=0.97)", UINT64_C(0xf804799c15ca93cf)},
    {"cosine(warmup=3.5, min=0.01)", UINT64_C(0xf2755df720704739)},
    {"warmup", UINT64_C(0x6bb67b0f96599513)},
    {"one_cycle", UINT64_C(0xc9c9fbc9b4e71c36)},
    {"plateau(patience=1)", UINT64_C(0x1a1679c6de4b1911)},
};

#endif
