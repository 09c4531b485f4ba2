/* Threads that share the steps of one network decide no bit of it. */
#include "call.h"

#include "initlab.h"
#include "linalg/gemm.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Large enough for products in parts, and elementwise work of its own for each thread; the last batch is not full. */
#define N 250
#define INPUTS 192
#define CLASSES 3
#define BATCH 100

static uint8_t pixels[N * INPUTS];
static il_real numbers[N * INPUTS], Y[N * CLASSES];

static int make_data(void **state) {
    (void)state;
    openblas_set_num_threads(1);
    uint32_t words[N * INPUTS];
    il_stream s = il_stream_open(3, IL_PURPOSE_DATA, 0);
    il_stream_words(&s, N * INPUTS, words);
    il_stream_normal(&s, N * INPUTS, numbers);
    for (size_t i = 0; i < N * INPUTS; i++)
        pixels[i] = (uint8_t)words[i];
    for (size_t i = 0; i < N; i++)
        Y[i * CLASSES + words[i] % CLASSES] = 1;
    return 0;
}

typedef struct recipe {
    const char *hidden, *norm, *dropout, *optimizer, *penalty;
    bool frozen, pixels;
} recipe;

/* Two epochs and an evaluation; the parameters go to out [il_network_size], the evaluation's results after them. */
static size_t train(const recipe *x, size_t threads, il_real *out) {
    il_error err;
    il_trainer *trainer = NULL;
    const il_call init = parse_call(&il_inits, "he_normal"),
                  bias = parse_call(&il_inits, "normal(std=0.1)");
    il_network_config config = {.hidden = parse_call(&il_activations, x->hidden),
                                .loss = parse_call(&il_losses, "softmax_ce"),
                                .norm = parse_call(&il_norms, x->norm),
                                .dropout = parse_call(&il_dropouts, x->dropout),
                                .engine = IL_BLAS,
                                .replicas = 1};
    const il_training training = {.optimizer = parse_call(&il_optimizers, x->optimizer),
                                  .penalty = parse_call(&il_penalties, x->penalty),
                                  .batch = BATCH,
                                  .epochs = 2,
                                  .threads = threads};
    const il_samples data = {.n = N,
                             .X = x->pixels ? NULL : numbers,
                             .pixels = x->pixels ? pixels : NULL,
                             .Y = Y,
                             .scale = (il_real)0.0078125,
                             .offset = -1};
    assert_int_equal(il_widths_parse("192-272-144-3", NULL, &config.widths, &err), IL_OK);
    if (il_trainer_new(&config, &training, &data, NULL, &trainer, &err) != IL_OK)
        fail_msg("%s", err.message);
    il_network *net = il_trainer_network(trainer);
    assert_int_equal(il_init_network(&init, &bias, net, 0, 1, &err), IL_OK);
    il_network_freeze(net, 1, x->frozen);
    il_trainer_begin(trainer, 0, 1);
    for (int epoch = 0; epoch < 2; epoch++)
        il_trainer_epoch(trainer, NULL, NULL);
    size_t n = il_network_size(net);
    memcpy(out, il_network_parameters(net), n * sizeof *out);
    il_trainer_evaluate(trainer, &data, &out[n], &out[n + 1]);
    il_trainer_free(trainer);
    return n + 2;
}

static void training_has_the_same_bits(void **state) {
    (void)state;
    static const recipe recipes[] = {
        {"relu", "none", "none", "adam(lr=0.01)", "none", false, true},
        {"tanh", "batchnorm", "0.2", "momentum(lr=0.01)", "weight_decay(0.01)", false, false},
        {"prelu", "layernorm", "none", "adamw(lr=0.01)", "none", true, false},
        {"gelu", "none", "none", "rprop", "elastic(l1=0, l2=0.001)", true, true},
    };
    static il_real one[100000], several[100000];
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        size_t n = train(&recipes[i], 0, one);
        assert_true(n < sizeof one / sizeof *one);
        for (size_t threads = 2; threads <= 5; threads++) {
            assert_int_equal(train(&recipes[i], threads, several), n);
            assert_memory_equal(one, several, n * sizeof *one);
        }
    }
}

static void refuses_more_than_there_can_be(void **state) {
    (void)state;
    il_error err;
    il_trainer *trainer = NULL;
    const il_network_config config = {.hidden = parse_call(&il_activations, "relu"),
                                      .loss = parse_call(&il_losses, "mse"),
                                      .engine = IL_BLAS,
                                      .replicas = 1,
                                      .widths = {2, {INPUTS, CLASSES}}};
    const il_training training = {
        .optimizer = parse_call(&il_optimizers, "sgd(lr=1)"), .epochs = 1, .threads = SIZE_MAX};
    const il_samples data = {.n = N, .X = numbers, .Y = Y};
    assert_int_equal(il_trainer_new(&config, &training, &data, NULL, &trainer, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "threads are more than 256"));
}

enum { NN, NT, TN, AFFINE };

/* op of a team into C [m][n], with as much memory to work in as it asks for. */
static void multiply(il_team *team, int op, size_t m, size_t n, size_t k, const il_real *A,
                     const il_real *B, const il_real *b, il_real *C) {
    il_gemm *const gemm[] = {il_gemm_blas.nn, il_gemm_blas.nt, il_gemm_blas.tn};
    if (op < AFFINE) {
        gemm[op](team, m, n, k, 1, A, B, 0, C);
        return;
    }
    size_t count = il_gemm_blas.count_sums(m, n, k);
    il_real *sums = malloc(count * sizeof *sums);
    il_gemm_blas.affine(team, m, n, k, 1, A, B, b, sums, C);
    free(sums);
}

/* Some elements of C against sums in double, at a rounded sum's bound, and all of it against one thread's. */
static void compare(il_team *team, int op, size_t m, size_t n, size_t k) {
    il_real *A = malloc(m * k * sizeof *A), *B = malloc(k * n * sizeof *B),
            *b = calloc(n, sizeof *b), *C = malloc(m * n * sizeof *C),
            *D = malloc(m * n * sizeof *D);
    const double unit = sizeof(il_real) == 4 ? 0x1p-24 : 0x1p-53;
    il_stream s = il_stream_open(7, IL_PURPOSE_DATA, 0);
    il_stream_uniform(&s, m * k, A);
    il_stream_uniform(&s, k * n, B);
    if (op == AFFINE)
        il_stream_uniform(&s, n, b);
    for (size_t i = 0; i < m * n; i++)
        C[i] = D[i] = (il_real)NAN;
    multiply(team, op, m, n, k, A, B, b, C);
    multiply(NULL, op, m, n, k, A, B, b, D);
    assert_memory_equal(C, D, m * n * sizeof *C);
    for (size_t q = 0; q < m * n; q += 997) {
        size_t i = q / n, j = q % n;
        double sum = (double)b[j], size = fabs(sum);
        for (size_t p = 0; p < k; p++) {
            double term = (double)(op == TN ? A[p * m + i] : A[i * k + p]) *
                          (double)(op == NT ? B[j * k + p] : B[p * n + j]);
            sum += term;
            size += fabs(term);
        }
        if (!(fabs((double)C[q] - sum) <= ((double)k + 2) * unit * size))
            fail_msg("op %d m=%zu n=%zu k=%zu: C[%zu][%zu] = %.9g, not %.9g", op, m, n, k, i, j,
                     (double)C[q], sum);
    }
    free(A);
    free(B);
    free(b);
    free(C);
    free(D);
}

/* 1, 2, 4 and 8 parts, which 3 threads do not share evenly, and more samples than partial sums are held of. */
static void products_in_parts(void **state) {
    (void)state;
    static const size_t shapes[][3] = {
        {70, 100, 130}, {100, 130, 200}, {150, 200, 129}, {520, 300, 470}, {1100, 513, 1025}};
    il_team *team = il_team_new(3);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int op = NN; op <= AFFINE; op++)
            compare(team, op, shapes[i][0], shapes[i][1], shapes[i][2]);
    il_team_free(team);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_has_the_same_bits),
        cmocka_unit_test(refuses_more_than_there_can_be),
        cmocka_unit_test(products_in_parts),
    };
    return cmocka_run_group_tests(tests, make_data, NULL);
}
