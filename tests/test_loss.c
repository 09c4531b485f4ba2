/* Losses: closed forms, logits of any size, and the perceptron rule. PyTorch's values are in test_torch.c, gradients
 * against difference quotients in test_gradient.c. */
#include "studies.h"

#include "nn/loss.h"

#include <math.h>

#define MOST 8

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

typedef struct result {
    il_real loss, correct, delta[MOST];
} result;

/* n samples of K outputs, one replica. */
static result evaluate(const char *text, size_t n, size_t K, const il_real *z, const il_real *y) {
    il_call call = parse(&il_losses, text);
    il_real scratch[3], row;
    result out = {0};
    assert_true(n * K <= MOST && K >= il_loss_of(&call)->min_outputs);
    il_loss_of(&call)->evaluate(call.arg, &(il_loss_pass){.n = n,
                                                          .outputs = K,
                                                          .R = 1,
                                                          .z = z,
                                                          .Y = y,
                                                          .loss = &out.loss,
                                                          .correct = &out.correct,
                                                          .delta = out.delta,
                                                          .scratch = scratch,
                                                          .row = &row});
    return out;
}

#define TOLERANCE (sizeof(il_real) == 4 ? 1e-6 : 1e-14)

static void expect(const char *loss, double got, double exact) {
    if (!(got == exact || fabs(got - exact) <= TOLERANCE * fabs(exact)))
        fail_msg("%s: %.17g, not %.17g", loss, got, exact);
}

/* One sample, its loss and the gradient with respect to its logits, by hand. */
static const struct known {
    const char *loss;
    size_t K;
    double z[3], y[3], value, delta[3];
    int correct;
} knowns[] = {
    {"mse", 1, {3}, {1}, 4, {4}, 1},
    {"mse", 2, {3, 0}, {1, 1}, 2.5, {2, -1}, 1},
    {"mae", 1, {3}, {1}, 2, {1}, 1},
    {"mae", 1, {-3}, {1}, 4, {-1}, 0},
    {"mae", 1, {1}, {1}, 0, {0}, 1},
    {"mae", 2, {3, 0}, {1, 1}, 1.5, {0.5, -0.5}, 1},
    {"huber", 1, {1.5}, {1}, 0.125, {0.5}, 1},
    {"huber", 1, {3}, {0}, 2.5, {1}, 0},
    {"huber", 1, {-3}, {0}, 2.5, {-1}, 1},
    {"huber(delta=2)", 1, {-3}, {0}, 4, {-2}, 1},
    {"huber(delta=0.25)", 2, {0, 0.25}, {0, 0}, 0.015625, {0, 0.125}, 1},
    {"bce", 1, {0}, {1}, 0.69314718055994531, {-0.5}, 0},
    {"bce", 2, {0, 0}, {1, 0}, 0.69314718055994531, {-0.25, 0.25}, 0},
    {"softmax_ce", 2, {0, 0}, {0, 1}, 0.69314718055994531, {0.5, -0.5}, 0},
    {"softmax_ce(label_smoothing=0.5)", 2, {0, 0}, {0, 1}, 0.69314718055994531, {0.25, -0.25}, 0},
    {"softmax_ce(label_smoothing=1)", 2, {8192, 0}, {0, 1}, 4096, {0.5, -0.5}, 0},
    {"hinge", 1, {0.25}, {1}, 0.75, {-1}, 1},
    {"hinge", 1, {0.25}, {0}, 1.25, {1}, 0},
    {"hinge", 1, {1}, {1}, 0, {0}, 1},
    {"hinge", 1, {-1}, {0}, 0, {0}, 1},
    {"hinge(margin=2)", 1, {1}, {1}, 1, {-1}, 1},
    {"hinge(squared=true)", 1, {0.5}, {1}, 0.25, {-1}, 1},
    {"hinge", 3, {1, 0, 2}, {1, 0, 0}, 2.0 / 3, {-1.0 / 3, 0, 1.0 / 3}, 0},
    {"hinge", 3, {1, 0.5, 0.75}, {1, 0, 0}, 1.25 / 3, {-2.0 / 3, 1.0 / 3, 1.0 / 3}, 1},
    {"hinge(squared=true)", 3, {1, 0, 2}, {1, 0, 0}, 4.0 / 3, {-4.0 / 3, 0, 4.0 / 3}, 0},
    {"perceptron", 1, {0.5}, {1}, 0, {0}, 1},
    {"perceptron", 1, {-0.5}, {1}, 0.5, {-1}, 0},
    {"perceptron", 1, {0.5}, {0}, 0.5, {1}, 0},
    {"perceptron", 1, {0}, {1}, 0, {-1}, 0}, /* on the line: still an update */
    {"perceptron", 1, {0}, {0}, 0, {1}, 1},
    {"perceptron", 3, {1, 0, 0.5}, {1, 0, 0}, 0, {0, 0, 0}, 1},
    {"perceptron", 3, {1, 0, 1.5}, {1, 0, 0}, 0.5, {-1, 0, 1}, 0},
    {"perceptron", 3, {1, 3, 3}, {1, 0, 0}, 2, {-1, 1, 0}, 0}, /* the first of equals */
    {"perceptron", 3, {3, 1, 3}, {0, 1, 0}, 2, {1, -1, 0}, 0},
    {"perceptron", 2, {0, 0}, {0, 1}, 0, {1, -1}, 0},
};

static void closed_forms(void **state) {
    (void)state;
    for (const struct known *k = knowns; k < knowns + sizeof knowns / sizeof *knowns; k++) {
        il_real z[3], y[3];
        for (size_t j = 0; j < 3; j++) {
            z[j] = (il_real)k->z[j];
            y[j] = (il_real)k->y[j];
        }
        result got = evaluate(k->loss, 1, k->K, z, y);
        expect(k->loss, (double)got.loss, k->value);
        for (size_t j = 0; j < k->K; j++)
            expect(k->loss, (double)got.delta[j], k->delta[j]);
        assert_int_equal((int)got.correct, k->correct);
    }
}

/* A sample twice has the loss of the sample, and half its gradient each time. */
static void means(void **state) {
    (void)state;
    static const il_real z[] = {(il_real)0.25, (il_real)-0.5, (il_real)0.25, (il_real)-0.5};
    static const il_real y[] = {0, 1, 0, 1};
    for (size_t i = 0; i < il_losses.n; i++) {
        const char *name = il_losses.items[i]->name;
        result once = evaluate(name, 1, 2, z, y), twice = evaluate(name, 2, 2, z, y);
        assert_true(once.loss > 0);
        expect(name, (double)twice.loss, (double)once.loss);
        for (size_t j = 0; j < 4; j++)
            expect(name, (double)twice.delta[j], (double)once.delta[j % 2] / 2);
    }
}

/* Logits of ±1e4, right and wrong: exact values, and gradients that neither overflow nor vanish. */
static void large_logits(void **state) {
    (void)state;
    static const struct {
        const char *loss;
        double right, wrong,
            slope; /* of one output, target 1, at 1e4 and -1e4; the gradient there */
    } one[] = {
        {"bce", 0, 1e4, -1},        {"mse", 9999.0 * 9999, 10001.0 * 10001, -20002},
        {"mae", 9999, 10001, -1},   {"huber", 9998.5, 10000.5, -1},
        {"hinge", 0, 10001, -1},    {"hinge(squared=true)", 0, 10001.0 * 10001, -20002},
        {"perceptron", 0, 1e4, -1},
    };
    static const il_real high = (il_real)1e4, low = (il_real)-1e4, true_target = 1;
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
        expect(one[i].loss, (double)evaluate(one[i].loss, 1, 1, &high, &true_target).loss,
               one[i].right);
        result wrong = evaluate(one[i].loss, 1, 1, &low, &true_target);
        expect(one[i].loss, (double)wrong.loss, one[i].wrong);
        expect(one[i].loss, (double)wrong.delta[0], one[i].slope);
    }
    static const struct {
        const char *loss;
        double value, slope; /* of two outputs, the class at -1e4 and the other at 1e4 */
    } two[] = {
        {"softmax_ce", 2e4, 1},
        {"softmax_ce(label_smoothing=0.5)", 1.5e4, 0.75},
        {"hinge", 10000.5, 0.5},
        {"perceptron", 2e4, 1},
    };
    static const il_real z[] = {(il_real)-1e4, (il_real)1e4}, y[] = {1, 0};
    for (size_t i = 0; i < sizeof two / sizeof *two; i++) {
        result got = evaluate(two[i].loss, 1, 2, z, y);
        expect(two[i].loss, (double)got.loss, two[i].value);
        expect(two[i].loss, (double)got.delta[0], -two[i].slope);
        expect(two[i].loss, (double)got.delta[1], two[i].slope);
    }
}

/* An infinite or NaN logit, whichever output and target, never gives a finite loss: the run has diverged. */
static void not_finite(void **state) {
    (void)state;
    static const char *const more[] = {"hinge(squared=true)", "softmax_ce(label_smoothing=0.1)"};
    static const il_real bad[] = {(il_real)NAN, (il_real)INFINITY, -(il_real)INFINITY};
    for (size_t i = 0; i < il_losses.n + 2; i++)
        for (size_t K = 1; K < 4; K++)
            for (size_t at = 0; at < K; at++)
                for (size_t class = 0; class < (K == 1 ? 2 : K); class ++)
                    for (size_t b = 0; b < 3; b++) {
                        const char *name =
                            i < il_losses.n ? il_losses.items[i]->name : more[i - il_losses.n];
                        il_real z[3] = {(il_real)0.5, (il_real)-0.25, 2}, y[3] = {0};
                        if (K == 1 && strncmp(name, "softmax_ce", 10) == 0)
                            continue;
                        y[K == 1 ? 0 : class] = K == 1 ? (il_real) class : 1;
                        z[at] = bad[b];
                        if (isfinite(evaluate(name, 1, K, z, y).loss))
                            fail_msg("%s of %zu outputs: %g in output %zu of class %zu is not seen",
                                     name, K, (double)bad[b], at, class);
                    }
}

static void names_and_outputs(void **state) {
    (void)state;
    static const char *const names[] = {"cross_entropy", "binary_cross_entropy", "l1",
                                        "multi_margin"};
    static const char *const canonical[] = {"softmax_ce", "bce", "mae", "hinge"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(parse(&il_losses, names[i]).desc->name, canonical[i]);
    for (size_t i = 0; i < il_losses.n; i++) {
        il_call call = {.desc = il_losses.items[i]};
        bool classes = strcmp(call.desc->name, "softmax_ce") == 0;
        assert_int_equal(il_loss_of(&call)->min_outputs, classes ? 2 : 1);
    }
}

/* Rosenblatt's rule as in a textbook: visit the samples in turn, add t x wherever t (w·x + b) <= 0. */
typedef struct perceptron {
    il_real w[2], b;
} perceptron;

static bool rule(perceptron *p, const il_real *x, il_real y) {
    il_real t = y > 0 ? (il_real)1 : (il_real)-1, z = p->b;
    z += x[0] * p->w[0];
    z += x[1] * p->w[1];
    if (t * z > 0)
        return false;
    p->w[0] += t * x[0];
    p->w[1] += t * x[1];
    p->b += t;
    return true;
}

static const il_real corners[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
static const il_real and_targets[] = {0, 0, 0, 1}, or_targets[] = {0, 1, 1, 1},
                     xor_targets[] = {0, 1, 1, 0};

/* A network without a hidden layer, sgd(lr=1) and the loss `perceptron`, one sample a step, beside the rule itself: the
 * same bits after every step, from random weights. Returns the epochs until no sample is changed; 0: never in 1000. */
static size_t train(const il_real *y, il_engine engine, uint64_t seed) {
    il_error err;
    il_network *net = NULL;
    size_t R = engine == IL_BLAS ? 1 : 16, lane = R - 1;
    il_optimizer sgd;
    il_network_config config = {.widths = {2, {2, 1}},
                                .hidden = parse(&il_activations, "linear"),
                                .loss = parse(&il_losses, "perceptron"),
                                .engine = engine,
                                .replicas = R,
                                .batch = 1};
    il_call init = parse(&il_inits, "normal(std=0.7)");
    assert_int_equal(il_optimizer_parse("sgd(lr=1)", &sgd, &err), IL_OK);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    assert_int_equal(il_init_network(&init, &init, net, lane, seed, &err), IL_OK);
    il_optimizer_reset(&sgd, net, lane);
    perceptron hand;
    il_network_get(net, 0, lane, hand.w, &hand.b);
    size_t solved = 0;
    for (size_t epoch = 1; epoch <= 1000 && !solved; epoch++) {
        bool changed = false;
        for (size_t i = 0; i < 4; i++) {
            il_real loss[16], correct[16], w[2], b;
            il_network_forward(net, 1, corners[i]);
            il_network_loss(net, 1, y + i, loss, correct);
            il_network_backward(net, 1, corners[i]);
            il_optimizer_step(&sgd, net);
            changed |= rule(&hand, corners[i], y[i]);
            il_network_get(net, 0, lane, w, &b);
            assert_memory_equal(w, hand.w, sizeof w);
            assert_memory_equal(&b, &hand.b, sizeof b);
        }
        solved = changed ? 0 : epoch;
    }
    il_network_free(net);
    return solved;
}

static void the_perceptron_rule(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++)
        for (int engine = 0; engine < 2; engine++) {
            assert_in_range(train(and_targets, (il_engine)engine, seed), 1, 30);
            assert_in_range(train(or_targets, (il_engine)engine, seed), 1, 30);
            assert_int_equal(train(xor_targets, (il_engine)engine, seed), 0);
        }
}

/* The same as a study, from random orders: every seed separates and and or, none xor. */
static void as_a_baseline(void **state) {
    (void)state;
    il_study *study =
        study_of("data: [and, or, xor]\nnetwork: 2-1\nloss: perceptron\nbatch: 1\n"
                 "optimizer: sgd(lr=1)\ninit: normal(std=0.7)\nseeds: 200\nbudget: 200\n"
                 "converged: accuracy == 1\n");
    il_results *results = run_study(study, 1, 0);
    for (size_t i = 0; i < 3 * 200; i++)
        assert_int_equal(results->runs[i].outcome, i < 2 * 200 ? IL_CONVERGED : IL_CENSORED);
    il_results_free(results);
    il_study_free(study);
}

/* Each replica's loss, verdict and gradient are those of its logits and targets alone, to the bit, whether the targets
 * are shared or its own. */
static void replicas_stand_alone(void **state) {
    (void)state;
    static const char *const losses[] = {"bce",   "softmax_ce", "softmax_ce(label_smoothing=0.1)",
                                         "mse",   "mae",        "huber(delta=0.5)",
                                         "hinge", "perceptron", "hinge(squared=true)"};
    enum { N = 2, R = 16 };
    for (size_t c = 0; c < sizeof losses / sizeof *losses; c++)
        for (size_t K = 1; K <= 3; K += 2)
            for (int own = 0; own < 2; own++) {
                il_call call = parse(&il_losses, losses[c]);
                il_real z[MOST * R], Y[MOST * R], delta[MOST * R], scratch[3 * R], row[R];
                il_real loss[R], correct[R];
                il_stream draws = il_stream_open(c, IL_PURPOSE_DATA, (uint32_t)K);
                il_stream_normal(&draws, N * K * R, z);
                for (size_t i = 0; i < N * K * R; i++) {
                    size_t r = own ? i % R : 0, at = own ? i / R : i % (N * K);
                    Y[i] = (il_real)((at / K + r) % (K == 1 ? 2 : K) == (K == 1 ? 1 : at % K));
                }
                if (K < il_loss_of(&call)->min_outputs)
                    continue;
                il_loss_of(&call)->evaluate(call.arg, &(il_loss_pass){.n = N,
                                                                      .outputs = K,
                                                                      .R = R,
                                                                      .z = z,
                                                                      .Y = Y,
                                                                      .own = own,
                                                                      .loss = loss,
                                                                      .correct = correct,
                                                                      .delta = delta,
                                                                      .scratch = scratch,
                                                                      .row = row});
                for (size_t r = 0; r < R; r++) {
                    il_real mine[MOST], target[MOST];
                    for (size_t i = 0; i < N * K; i++) {
                        mine[i] = z[i * R + r];
                        target[i] = own ? Y[i * R + r] : Y[i];
                    }
                    result alone = evaluate(losses[c], N, K, mine, target);
                    bool same = loss[r] == alone.loss && correct[r] == alone.correct;
                    for (size_t i = 0; i < N * K; i++)
                        same &= delta[i * R + r] == alone.delta[i];
                    if (!same)
                        fail_msg("%s of %zu outputs, own=%d, replica %zu: %g, not %g", losses[c], K,
                                 own, r, (double)loss[r], (double)alone.loss);
                }
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),      cmocka_unit_test(means),
        cmocka_unit_test(large_logits),      cmocka_unit_test(not_finite),
        cmocka_unit_test(names_and_outputs), cmocka_unit_test(the_perceptron_rule),
        cmocka_unit_test(as_a_baseline),     cmocka_unit_test(replicas_stand_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
