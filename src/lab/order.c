/* The order in which an epoch visits the samples, and gathering a batch in that order. */
#include "base/clones.h"
#include "initlab/rng.h"
#include "lab/trainer.h"

#include <string.h>

#define WORDS 64

/* Fisher and Yates' shuffle of 0 … n - 1: a function of (seed, epoch) alone. A word w picks one of j samples as
 * floor(w j / 2^32), which prefers none by more than j / 2^32. */
void il_order_shuffle(size_t n, size_t R, uint64_t seed, uint64_t epoch, uint32_t *order) {
    il_stream stream = il_stream_open(seed, IL_PURPOSE_ORDER, 0);
    uint32_t words[WORDS];
    stream.block = epoch * ((n + 3) / 4);
    for (size_t i = 0; i < n; i++)
        order[i * R] = (uint32_t)i;
    for (size_t j = n, used = WORDS; j > 1; j--, used++) {
        if (used == WORDS) {
            il_stream_words(&stream, WORDS, words);
            used = 0;
        }
        size_t pick = (size_t)(((uint64_t)words[used] * j) >> 32);
        uint32_t last = order[(j - 1) * R];
        order[(j - 1) * R] = order[pick * R];
        order[pick * R] = last;
    }
}

/* Columns first … last - 1 of one sample of every replica. */
IL_CLONES static void gather_lanes(size_t width, size_t first, size_t last, size_t R,
                                   const uint32_t *restrict rows, const il_real *restrict source,
                                   il_real *restrict out) {
    for (size_t c = first; c < last; c++)
        for (size_t r = 0; r < R; r++)
            out[c * R + r] = source[rows[r] * width + c];
}

IL_CLONES static void gather_pixel_lanes(size_t width, size_t first, size_t last, size_t R,
                                         const uint32_t *restrict rows,
                                         const uint8_t *restrict pixels, il_real scale,
                                         il_real offset, il_real *restrict out) {
    for (size_t c = first; c < last; c++)
        for (size_t r = 0; r < R; r++)
            out[c * R + r] = scale * (il_real)pixels[rows[r] * width + c] + offset;
}

typedef struct gathering {
    size_t n, inputs, R;
    const uint32_t *rows;
    const il_samples *from;
    il_real *X;
} gathering;

/* A thread gathers the inputs whose rows of weights are its own. */
static void gather_inputs(void *context, size_t first, size_t last) {
    const gathering *g = context;
    size_t R = g->R;
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t *rows = g->rows + i * R;
        il_real *x = g->X + i * g->inputs * R;
        if (R == 1)
            il_samples_read(g->from, rows[0] * g->inputs + first, last - first, x + first);
        else if (g->from->X)
            gather_lanes(g->inputs, first, last, R, rows, g->from->X, x);
        else
            gather_pixel_lanes(g->inputs, first, last, R, rows, g->from->pixels, g->from->scale,
                               g->from->offset, x);
    }
}

#define SHARE 8192 /* numbers that a thread takes at least */

void il_gather(il_team *team, size_t n, size_t inputs, size_t outputs, size_t R,
               const uint32_t *rows, const il_samples *from, il_real *X, il_real *Y) {
    gathering g = {n, inputs, R, rows, from, X};
    il_team_share(team, inputs, 1 + SHARE / n, gather_inputs, &g);
    for (size_t i = 0; i < n; i++)
        if (R == 1)
            memcpy(Y + i * outputs, from->Y + rows[i] * outputs, outputs * sizeof *Y);
        else
            gather_lanes(outputs, 0, outputs, R, rows + i * R, from->Y, Y + i * outputs * R);
}

void il_gather_spread(size_t n, size_t inputs, size_t outputs, const il_samples *from, il_real *X,
                      il_real *Y) {
    for (size_t i = 0; i < n; i++) {
        size_t row = i * from->n / n;
        il_samples_read(from, row * inputs, inputs, X + i * inputs);
        memcpy(Y + i * outputs, from->Y + row * outputs, outputs * sizeof *Y);
    }
}

static const il_desc full = {.name = "full", .formula = "all samples in one step"};
static const il_desc batch = {.name = "batch",
                              .formula = "size samples in one step",
                              .params = {{.name = "size",
                                          .doc = "samples",
                                          .kind = IL_INTEGER,
                                          .initial = 32,
                                          .min = 1,
                                          .max = 1e6,
                                          .bare = true}},
                              .n_params = 1};
static const il_desc *const items[] = {&full, &batch};

const il_family il_batches = {
    .kind = "batch", .items = items, .n = sizeof items / sizeof *items, .number = "batch"};

size_t il_batch_size(const il_call *call) {
    return call->desc == &batch ? (size_t)call->arg[0] : 0;
}
