/* Epochs of 2-32-32-1 (ReLU, BCE, Adam) on 192 samples of two spirals in batches of 32, each replica in an order of its
 * own, against the same arithmetic written out by hand for these shapes: 16 replicas at a time, tiles of sums in
 * registers, activations where the sums are, and Adam where the gradients are. The floor's weights must end with the
 * library's bits.
 */
#include "bench/subjects.h"

#include "base/elementary.h"
#include "bench/calls.h"
#include "bench/fused.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLES 192
#define BATCH 32
#define WIDTH 32
#define SIDE 4 /* of a tile */

typedef float lanes[LANES];

/* In the library's order. */
typedef struct parameters {
    lanes W1[2][WIDTH], b1[WIDTH], W2[WIDTH][WIDTH], b2[WIDTH], W3[WIDTH], b3;
} parameters;

#define PARAMETERS (sizeof(parameters) / sizeof(lanes))

/* LANES replicas of the floor. */
typedef struct fused {
    parameters w, m, v;
    lanes x[BATCH][2], y[BATCH], h1[BATCH][WIDTH], h2[BATCH][WIDTH], d1[BATCH][WIDTH],
        d2[BATCH][WIDTH], delta[BATCH];
    double power1[LANES], power2[LANES];
    uint32_t order[SAMPLES][LANES];
    uint64_t seed[LANES];
    fused_rates rates;
} fused;

typedef struct pair {
    size_t R, epochs;
    il_dataset *data;
    il_trainer *trainer;
    float target[SAMPLES], *start; /* [PARAMETERS][R], as in the network */
    fused *fused;                  /* [R / LANES] */
} pair;

static void restart_ours(pair *b) {
    memcpy(il_network_parameters(il_trainer_network(b->trainer)), b->start,
           PARAMETERS * b->R * sizeof(float));
    for (size_t r = 0; r < b->R; r++)
        il_trainer_begin(b->trainer, r, 1 + r);
}

static il_status ours(void *context, il_error *err) {
    pair *b = context;
    (void)err;
    restart_ours(b);
    for (size_t e = 0; e < b->epochs; e++)
        il_trainer_epoch(b->trainer, NULL, NULL);
    return IL_OK;
}

/* Fisher and Yates, as the trainer has it. */
static void shuffle(fused *f, size_t l, uint64_t epoch) {
    il_stream stream = il_stream_open(f->seed[l], IL_PURPOSE_ORDER, 0);
    uint32_t words[SAMPLES];
    stream.block = epoch * (SAMPLES / 4);
    il_stream_words(&stream, SAMPLES, words);
    for (size_t i = 0; i < SAMPLES; i++)
        f->order[i][l] = (uint32_t)i;
    for (size_t j = SAMPLES; j > 1; j--) {
        size_t pick = (size_t)(((uint64_t)words[SAMPLES - j] * j) >> 32);
        uint32_t last = f->order[j - 1][l];
        f->order[j - 1][l] = f->order[pick][l];
        f->order[pick][l] = last;
    }
}

IL_INLINE void take_batch(fused *restrict f, size_t first, const float *restrict X,
                          const float *restrict Y) {
    for (size_t i = 0; i < BATCH; i++)
        for (size_t l = 0; l < LANES; l++) {
            const uint32_t row = f->order[first + i][l];
            f->x[i][0][l] = X[2 * row];
            f->x[i][1][l] = X[2 * row + 1];
            f->y[i][l] = Y[row];
        }
}

/* One register of AVX-512: with less the floor is no floor. */
typedef float vector __attribute__((vector_size(sizeof(lanes)), may_alias));

#ifdef __clang__
#define EACH(i) for (size_t i = 0; i < SIDE; i++)
#else
#define EACH(i) _Pragma("GCC unroll 4") for (size_t i = 0; i < SIDE; i++)
#endif

/* out[i][j] = start[j] + sum of A[i][p] B[p][j] over all p; without a start from 0. Element (i, p) of A is
 * A[i*ai + p*ap], and so on. */
IL_INLINE void products(size_t k, const lanes *A, size_t ai, size_t ap, const lanes *B, size_t bp,
                        size_t bj, const lanes *start, lanes (*out)[SIDE]) {
    vector sum[SIDE][SIDE] = {{{0}}};
    if (start)
        EACH(i)
            EACH(j)
                sum[i][j] = *(const vector *)start[j];
    for (size_t p = 0; p < k; p++)
        EACH(i)
            EACH(j)
                sum[i][j] +=
                    *(const vector *)A[i * ai + p * ap] * *(const vector *)B[p * bp + j * bj];
    EACH(i)
        EACH(j)
            *(vector *)out[i][j] = sum[i][j];
}

/* h = relu(x W + b), x [BATCH][k]. */
IL_INLINE void hidden(size_t k, const lanes *x, const lanes *W, const lanes *b, lanes (*h)[WIDTH]) {
    for (size_t i = 0; i < BATCH; i += SIDE)
        for (size_t j = 0; j < WIDTH; j += SIDE) {
            _Alignas(64) lanes sum[SIDE][SIDE];
            products(k, x + i * k, k, 1, W + j, WIDTH, 1, b + j, sum);
            for (size_t s = 0; s < SIDE; s++)
                for (size_t t = 0; t < SIDE; t++)
                    for (size_t l = 0; l < LANES; l++)
                        h[i + s][j + t][l] = sum[s][t][l] < 0 ? 0 : sum[s][t][l];
        }
}

/* The gradient with respect to the logits. */
IL_INLINE void output(fused *restrict f) {
    for (size_t i = 0; i < BATCH; i++) {
        lanes z;
        memcpy(z, f->w.b3, sizeof z);
        for (size_t p = 0; p < WIDTH; p++)
            for (size_t l = 0; l < LANES; l++)
                z[l] += f->h2[i][p][l] * f->w.W3[p][l];
        for (size_t l = 0; l < LANES; l++) {
            const float e = il_exp_nonpositivef(z[l] < 0 ? z[l] : -z[l]);
            f->delta[i][l] = ((z[l] < 0 ? e : 1) / (1 + e) - f->y[i][l]) * (1.0f / BATCH);
        }
    }
}

/* Gradients with respect to the hidden layers' pre-activations. */
IL_INLINE void backward(fused *restrict f) {
    for (size_t i = 0; i < BATCH; i++)
        for (size_t p = 0; p < WIDTH; p++)
            for (size_t l = 0; l < LANES; l++) {
                const float d = f->delta[i][l] * f->w.W3[p][l];
                f->d2[i][p][l] = f->h2[i][p][l] > 0 ? d : 0;
            }
    for (size_t i = 0; i < BATCH; i += SIDE)
        for (size_t p = 0; p < WIDTH; p += SIDE) {
            _Alignas(64) lanes sum[SIDE][SIDE];
            products(WIDTH, f->d2[i], WIDTH, 1, f->w.W2[p], 1, WIDTH, NULL, sum);
            for (size_t s = 0; s < SIDE; s++)
                for (size_t t = 0; t < SIDE; t++)
                    for (size_t l = 0; l < LANES; l++)
                        f->d1[i + s][p + t][l] = f->h1[i + s][p + t][l] > 0 ? sum[s][t][l] : 0;
        }
}

IL_INLINE void adam(fused *restrict f, const float *restrict g, lanes *m, lanes *v, lanes *w) {
    float *restrict moment1 = *m, *restrict moment2 = *v, *restrict weight = *w;
    for (size_t l = 0; l < LANES; l++)
        fused_adam(f->rates.rate[l], f->rates.root[l], g[l], &moment1[l], &moment2[l], &weight[l]);
}

/* Gradients and steps of the middle layer's matrix. */
IL_INLINE void update_middle(fused *restrict f) {
    for (size_t p = 0; p < WIDTH; p += SIDE)
        for (size_t j = 0; j < WIDTH; j += SIDE) {
            _Alignas(64) lanes sum[SIDE][SIDE];
            products(BATCH, &f->h1[0][p], 1, WIDTH, &f->d2[0][j], WIDTH, 1, NULL, sum);
            for (size_t s = 0; s < SIDE; s++)
                for (size_t t = 0; t < SIDE; t++)
                    adam(f, sum[s][t], &f->m.W2[p + s][j + t], &f->v.W2[p + s][j + t],
                         &f->w.W2[p + s][j + t]);
        }
}

/* Gradients and steps of everything else, unit by unit. */
IL_INLINE void update_rest(fused *restrict f) {
    for (size_t j = 0; j < WIDTH; j++) {
        lanes g[5] = {{0}}; /* of W1[0], W1[1], b1, b2, W3 */
        for (size_t i = 0; i < BATCH; i++)
            for (size_t l = 0; l < LANES; l++) {
                g[0][l] += f->x[i][0][l] * f->d1[i][j][l];
                g[1][l] += f->x[i][1][l] * f->d1[i][j][l];
                g[2][l] += f->d1[i][j][l];
                g[3][l] += f->d2[i][j][l];
                g[4][l] += f->h2[i][j][l] * f->delta[i][l];
            }
        adam(f, g[0], &f->m.W1[0][j], &f->v.W1[0][j], &f->w.W1[0][j]);
        adam(f, g[1], &f->m.W1[1][j], &f->v.W1[1][j], &f->w.W1[1][j]);
        adam(f, g[2], &f->m.b1[j], &f->v.b1[j], &f->w.b1[j]);
        adam(f, g[3], &f->m.b2[j], &f->v.b2[j], &f->w.b2[j]);
        adam(f, g[4], &f->m.W3[j], &f->v.W3[j], &f->w.W3[j]);
    }
    lanes g = {0};
    for (size_t i = 0; i < BATCH; i++)
        for (size_t l = 0; l < LANES; l++)
            g[l] += f->delta[i][l];
    adam(f, g, &f->m.b3, &f->v.b3, &f->w.b3);
}

IL_CLONES static void fused_spirals_step(fused *restrict f, size_t first, const float *restrict X,
                                         const float *restrict Y) {
    take_batch(f, first, X, Y);
    hidden(2, f->x[0], f->w.W1[0], f->w.b1, f->h1);
    hidden(WIDTH, f->h1[0], f->w.W2[0], f->w.b2, f->h2);
    output(f);
    backward(f);
    fused_advance(f->power1, f->power2, &f->rates);
    update_middle(f);
    update_rest(f);
}

static void restart_floor(pair *b) {
    for (size_t r = 0; r < b->R; r++) {
        fused *f = &b->fused[r / LANES];
        size_t l = r % LANES;
        if (l == 0)
            memset(f, 0, sizeof *f);
        for (size_t k = 0; k < PARAMETERS; k++)
            ((lanes *)&f->w)[k][l] = b->start[k * b->R + r];
        f->power1[l] = f->power2[l] = 1;
        f->seed[l] = 1 + r;
    }
}

static il_status by_hand(void *context, il_error *err) {
    pair *b = context;
    (void)err;
    restart_floor(b);
    for (fused *f = b->fused; f < b->fused + b->R / LANES; f++)
        for (size_t e = 0; e < b->epochs; e++) {
            for (size_t l = 0; l < LANES; l++)
                shuffle(f, l, e);
            for (size_t first = 0; first < SAMPLES; first += BATCH)
                fused_spirals_step(f, first, b->data->X, b->target);
        }
    return IL_OK;
}

static bool same_bits(const void *context) {
    const pair *b = context;
    const float *w = il_network_parameters(il_trainer_network(b->trainer));
    for (size_t r = 0; r < b->R; r++)
        for (size_t k = 0; k < PARAMETERS; k++)
            if (memcmp(&((const lanes *)&b->fused[r / LANES].w)[k][r % LANES], &w[k * b->R + r],
                       sizeof *w) != 0)
                return false;
    return true;
}

static il_status make(pair *b, il_error *err) {
    il_network_config config = {
        .engine = IL_LOCKSTEP, .replicas = b->R, .widths = {4, {2, WIDTH, WIDTH, 1}}};
    il_training training = {.batch = BATCH, .epochs = 1000};
    il_data_request data = {0};
    il_call init, bias;
    const bench_call calls[] = {{&il_datasets, "spirals(n=192)", &data.data},
                                {&il_optimizers, "adam(lr=0.01)", &training.optimizer},
                                {&il_inits, "he_normal", &init},
                                {&il_inits, "zeros", &bias},
                                {&il_activations, "relu", &config.hidden},
                                {&il_losses, "bce", &config.loss}};
    il_status status = BENCH_PARSE(calls, err);
    if (status == IL_OK)
        status = il_dataset_new(&data, NULL, &b->data, err);
    if (status == IL_OK)
        status = il_dataset_targets(b->data, 1, b->target, err);
    if (status != IL_OK)
        return status;
    const il_samples train = {.n = SAMPLES, .X = b->data->X, .Y = b->target};
    status = il_trainer_new(&config, &training, &train, NULL, &b->trainer, err);
    for (size_t r = 0; r < b->R && status == IL_OK; r++)
        status = il_init_network(&init, &bias, il_trainer_network(b->trainer), r, 1 + r, err);
    if (status == IL_OK)
        memcpy(b->start, il_network_parameters(il_trainer_network(b->trainer)),
               PARAMETERS * b->R * sizeof(float));
    return status;
}

static void close_pair(void *context) {
    pair *b = context;
    il_trainer_free(b->trainer);
    il_dataset_free(b->data);
    free(b->fused);
    free(b->start);
    free(b);
}

typedef struct setting {
    size_t R;
} setting;

#define UNITS 1024 /* replica-epochs of a repetition */

static il_status open_pair(const void *context, bench_pair *out, il_error *err) {
    size_t R = ((const setting *)context)->R;
    pair *b = calloc(1, sizeof *b);
    if (b) {
        b->R = R;
        b->epochs = UNITS / R;
        b->start = malloc(PARAMETERS * R * sizeof *b->start);
        b->fused = aligned_alloc(64, R / LANES * sizeof *b->fused);
    }
    il_status status = b && b->start && b->fused
                           ? make(b, err)
                           : il_fail(err, IL_NO_MEMORY, "no memory for %zu replicas", R);
    if (status != IL_OK && b)
        close_pair(b);
    *out = (bench_pair){.context = b,
                        .ours = ours,
                        .floor = by_hand,
                        .units = (double)UNITS * SAMPLES,
                        .same = same_bits,
                        .close = close_pair};
    return status;
}

#define SPIRALS(R, most)                                                                           \
    {                                                                                              \
        "spirals/2-32-32-1/R=" #R, "ns/sample", 1e9, "fused by hand", most, 0,                     \
            &(const setting){R}, open_pair                                                         \
    }

static const bench items[] = {SPIRALS(16, 1.5), SPIRALS(32, 1.5), SPIRALS(64, 1.5), SPIRALS(128, 0),
                              SPIRALS(256, 0)};
const bench_table bench_spirals = BENCH_TABLE(items);
