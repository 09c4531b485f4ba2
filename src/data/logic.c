/* Boolean functions on all their inputs, row i holding the bits of i, most significant first. False
 * is 0, or -1 with inputs=pm1; true is 1. The label is the function's value.
 */
#include "data/source.h"

enum { INPUTS_01, INPUTS_PM1 };

static uint32_t and_of(size_t row, size_t bits) {
    return row + 1 == (size_t)1 << bits;
}

static uint32_t or_of(size_t row, size_t bits) {
    (void)bits;
    return row != 0;
}

static uint32_t parity_of(size_t row, size_t bits) {
    (void)bits;
    uint32_t odd = 0;
    for (; row; row >>= 1)
        odd ^= row & 1;
    return odd;
}

static il_status truth_table(size_t bits, double inputs, uint32_t (*f)(size_t row, size_t bits),
                             il_dataset **out, il_error *err) {
    const il_dataset_shape shape = {.n = (size_t)1 << bits, .inputs = bits, .classes = 2};
    il_status status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    il_real no = inputs == INPUTS_PM1 ? -1 : 0;
    for (size_t row = 0; row < (*out)->n; row++) {
        for (size_t j = 0; j < bits; j++)
            (*out)->X[row * bits + j] = row >> (bits - 1 - j) & 1 ? 1 : no;
        (*out)->label[row] = f(row, bits);
    }
    return IL_OK;
}

static il_status make_and(const il_call *call, const il_folders *folders, il_dataset **out,
                          il_error *err) {
    (void)folders;
    return truth_table(2, call->arg[0], and_of, out, err);
}

static il_status make_or(const il_call *call, const il_folders *folders, il_dataset **out,
                         il_error *err) {
    (void)folders;
    return truth_table(2, call->arg[0], or_of, out, err);
}

static il_status make_xor(const il_call *call, const il_folders *folders, il_dataset **out,
                          il_error *err) {
    (void)folders;
    return truth_table(2, call->arg[0], parity_of, out, err);
}

static il_status make_parity(const il_call *call, const il_folders *folders, il_dataset **out,
                             il_error *err) {
    (void)folders;
    return truth_table((size_t)call->arg[0], call->arg[1], parity_of, out, err);
}

#define INPUTS                                                                                     \
    { .name = "inputs", .doc = "false is 0 or -1", .kind = IL_CHOICE, .choices = "01|pm1" }

const il_dataset_type il_dataset_and = {
    .desc = {.name = "and", .formula = "x1 and x2, 4 samples", .params = {INPUTS}, .n_params = 1},
    .make = make_and,
};

const il_dataset_type il_dataset_or = {
    .desc = {.name = "or", .formula = "x1 or x2, 4 samples", .params = {INPUTS}, .n_params = 1},
    .make = make_or,
};

const il_dataset_type il_dataset_xor = {
    .desc = {.name = "xor", .formula = "x1 xor x2, 4 samples", .params = {INPUTS}, .n_params = 1},
    .make = make_xor,
};

const il_dataset_type il_dataset_parity = {
    .desc = {.name = "parity",
             .formula = "x1 xor … xor x_bits, 2^bits samples",
             .params = {{.name = "bits",
                         .doc = "inputs",
                         .kind = IL_INTEGER,
                         .initial = __builtin_nan(""),
                         .min = 1,
                         .max = 16},
                        INPUTS},
             .n_params = 2},
    .make = make_parity,
};
