/* The 1797 digits of the UCI test set, 8x8 pixels from 0 to 16: data/README.md says where they come from. */
#include "data/source.h"

enum { SAMPLES = 1797, SIDE = 8, PIXELS = SIDE * SIDE, LINE = PIXELS + 1 };

static const char lines[] =
#include "../../data/digits.inc"
    ;

_Static_assert(sizeof lines == SAMPLES * LINE + 1, "one line a sample");

static uint8_t value(char c) {
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)call;
    (void)folders;
    const il_dataset_shape shape = {
        .n = SAMPLES, .inputs = PIXELS, .classes = 10, .rows = SIDE, .columns = SIDE, .white = 16};
    il_status status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    for (size_t i = 0; i < SAMPLES; i++) {
        const char *line = lines + i * LINE;
        for (size_t j = 0; j < PIXELS; j++)
            (*out)->pixels[i * PIXELS + j] = value(line[j]);
        (*out)->label[i] = value(line[PIXELS]);
    }
    return IL_OK;
}

const il_dataset_type il_dataset_digits = {
    .desc = {.name = "digits",
             .formula = "1797 handwritten digits, 8x8 pixels; no test set: use split: random",
             .source = "Alpaydin & Kaynak 1998, UCI"},
    .make = make,
    .origin = IL_EMBEDDED,
};
