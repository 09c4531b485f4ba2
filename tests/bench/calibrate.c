/* How often intervals miss, and how often tests find what is there, measured on real runs.
 *
 *     ninja -C build tests/calibrate && build/tests/calibrate [SETTING [METHOD]]
 *
 * measures those that have these in their names, such as 2-4-1 and median.
 *
 * An arm is compared with itself, or with another from the same seeds: both are drawn from the runs of 200,000 seeds of XOR,
 * in each of these settings, so that the true effect is known: that of all runs. Every verdict on which side of it the
 * effect lies is wrong; over 10,000 repetitions of 100 seeds their share is to be alpha, and over 100,000 where alpha is too
 * rare for these. Then power: how often as many seeds as il_runs_to_decide asks for decide. Shares of one arm are not among
 * them: their intervals are exact, and tests/test_comparisons.c sums up their coverage. */
#include "initlab.h"
#include "lab/claim/power.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 200000 /* of a setting */
#define SEEDS 100
#define REPETITIONS 10000

/* The runs of an arm: epochs and convergence, [RUNS]. */
typedef struct pool {
    double *epochs, *converged;
} pool;

/* Two arms: He, and He again from other seeds, or, paired, Xavier from the same seeds. */
typedef struct setting {
    const char *name, *study;
    bool paired;
    pool a, b;
} setting;

typedef struct method {
    const char *name;
    il_measure_kind kind;
    il_contrast contrast;
} method;

static const method methods[] = {
    {"difference of success", IL_SHARE, IL_DIFFERENCE},
    {"rmst", IL_MEAN, IL_OF_A},
    {"difference of rmst", IL_MEAN, IL_DIFFERENCE},
    {"ratio of rmst", IL_MEAN, IL_RATIO},
    {"median", IL_MEDIAN, IL_OF_A},
    {"difference of median", IL_MEDIAN, IL_DIFFERENCE},
    {"ratio of median", IL_MEDIAN, IL_RATIO},
    {"a12", IL_PAIRS, IL_OF_A},
};

static setting settings[] = {
    {"2-2-1, ReLU", "network: 2-2-1\noptimizer: adam(lr=0.05)", .paired = false},
    {"2-4-1, ReLU", "network: 2-4-1\noptimizer: adam(lr=0.05)", .paired = false},
    {"2-8-1, tanh", "network: 2-8-1\nhidden: tanh\noptimizer: adam(lr=0.05)", .paired = false},
    {"paired 2-4-1, ReLU", "network: 2-4-1\noptimizer: adam(lr=0.01)", .paired = true},
    {"paired 2-8-1, tanh", "network: 2-8-1\nhidden: tanh\noptimizer: adam(lr=0.01)",
     .paired = true},
};

static void fail(const char *message) {
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static void *allocate(size_t n, size_t size) {
    void *memory = calloc(n, size);
    if (!memory)
        fail("no memory");
    return memory;
}

static pool train(const char *text, const char *init) {
    pool p = {allocate(RUNS, sizeof(double)), allocate(RUNS, sizeof(double))};
    il_study *study = NULL;
    il_results *results = NULL;
    il_error err;
    char all[512];
    int n = snprintf(all, sizeof all, "data: xor\nbudget: 500\n%s\ninit: %s\nseeds: %d\n", text,
                     init, RUNS);
    if (il_study_parse(all, (size_t)n, "calibrate", NULL, 0, &study, &err) != IL_OK ||
        il_study_run(study, NULL, &results, &err) != IL_OK)
        fail(err.message);
    for (size_t i = 0; i < RUNS; i++) {
        p.epochs[i] = il_run_time(&results->runs[i], study->budget);
        p.converged[i] = results->runs[i].outcome == IL_CONVERGED;
    }
    il_results_free(results);
    il_study_free(study);
    return p;
}

static const double *numbers_of(const pool *p, const method *m) {
    return m->kind == IL_SHARE ? p->converged : p->epochs;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t *sorted(const double *x) {
    uint32_t *y = allocate(RUNS, sizeof *y);
    for (size_t i = 0; i < RUNS; i++)
        y[i] = (uint32_t)x[i];
    qsort(y, RUNS, sizeof *y, ascending);
    return y;
}

static double value_of(const double *x, il_measure_kind kind) {
    double sum = 0;
    for (size_t i = 0; i < RUNS; i++)
        sum += x[i];
    if (kind != IL_MEDIAN)
        return sum / (double)RUNS;
    uint32_t *y = sorted(x);
    double median = y[RUNS / 2];
    free(y);
    return median;
}

static double truth_of(const setting *s, const method *m) {
    const double *x = numbers_of(&s->a, m), *y = numbers_of(&s->b, m);
    if (m->kind == IL_PAIRS) {
        uint32_t *a = sorted(x), *b = sorted(y);
        double a12 = il_a12(a, RUNS, b, RUNS);
        free(a);
        free(b);
        return a12;
    }
    double a = value_of(x, m->kind), b = value_of(y, m->kind);
    return m->contrast == IL_OF_A ? a : m->contrast == IL_RATIO ? a / b : a - b;
}

static il_interval interval_of(const method *m, const double *a, const double *b, size_t n,
                               double level) {
    const il_samples_of s = {.a = a, .b = b, .n = n};
    il_estimate e;
    il_error err;
    if (il_estimate_effect(m->kind, m->contrast, &s, level, &e, &err) != IL_OK)
        fail(err.message);
    return e.interval;
}

static size_t below(uint64_t *state, size_t n) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((*state >> 33) * n >> 31);
}

static void draw(const setting *s, const method *m, uint64_t *state, size_t n, double *a,
                 double *b) {
    const double *x = numbers_of(&s->a, m), *y = numbers_of(&s->b, m);
    for (size_t i = 0; i < n; i++) {
        size_t k = below(state, RUNS);
        a[i] = x[k];
        b[i] = y[s->paired ? k : below(state, RUNS)];
    }
}

/* How many of the intervals lie below the truth, and above it. */
static void count(const setting *s, const method *m, double truth, double alpha,
                  size_t repetitions) {
    double a[SEEDS], b[SEEDS];
    uint64_t state = 1;
    size_t outside[2] = {0};
    for (size_t i = 0; i < repetitions; i++) {
        draw(s, m, &state, SEEDS, a, b);
        il_interval interval = interval_of(m, a, b, SEEDS, 1 - alpha);
        outside[0] += interval.high < truth;
        outside[1] += interval.low > truth;
    }
    printf("  %4zu + %-4zu", outside[0], outside[1]);
}

/* How low the intervals of so many seeds reach, on average over a hundred repetitions. */
static double typical_low(const setting *s, const method *m, double level) {
    double a[SEEDS], b[SEEDS], sum = 0;
    uint64_t state = 3;
    for (size_t i = 0; i < 100; i++) {
        draw(s, m, &state, SEEDS, a, b);
        sum += interval_of(m, a, b, SEEDS, level).low;
    }
    return sum / 100;
}

/* All that is to be known of the setting: medians of all runs, those that are not paired beside any other. */
static il_medians medians_of(const setting *s, const method *m) {
    double *b = allocate(RUNS, sizeof *b);
    il_medians medians;
    for (size_t i = 0; i < RUNS; i++)
        b[i] = s->b.epochs[s->paired ? i : (i + 1) % RUNS];
    const il_samples_of samples = {.a = s->a.epochs, .b = b, .n = RUNS};
    if (il_medians_open(m->contrast, &samples, &medians, NULL) != IL_OK)
        fail("no memory");
    free(b);
    return medians;
}

/* The seeds that are announced to find nine times in ten what the test says; `low`: of a typical interval. */
static size_t announced(const setting *s, const method *m, const il_test *test, double truth,
                        double low, double level) {
    il_evidence evidence = {{truth, {low, 2 * truth - low}}, SEEDS, level, NULL};
    if (m->kind != IL_MEDIAN)
        return il_runs_to_decide(test, &evidence);
    il_medians medians = medians_of(s, m);
    evidence.n = RUNS;
    evidence.medians = &medians;
    size_t n = il_runs_to_decide(test, &evidence);
    il_medians_close(&medians);
    return n;
}

/* That the effect is at least a margin half as far below it as the interval reaches; a median's is a whole epoch. */
static void measure_power(const setting *s, const method *m, double truth, double level) {
    double low = typical_low(s, m, level);
    il_test test = {.relation = IL_AT_LEAST, .contrast = m->contrast, .margin = (truth + low) / 2};
    if (m->kind == IL_MEDIAN && m->contrast == IL_OF_A)
        test.margin = floor(test.margin);
    size_t n = announced(s, m, &test, truth, low, level), found = 0;
    if (n == SIZE_MAX) { /* no spread at all */
        printf("      -\n");
        return;
    }
    double *a = allocate(n, sizeof *a), *b = allocate(n, sizeof *b);
    uint64_t state = 2;
    for (size_t k = 0; k < REPETITIONS; k++) {
        il_tag tag;
        draw(s, m, &state, n, a, b);
        found += il_decide(&test, interval_of(m, a, b, n, level), 0, &tag) == IL_SUPPORTED;
    }
    printf("  %5zu: %.3f\n", n, (double)found / REPETITIONS);
    free(a);
    free(b);
}

/* Where most runs stop at the budget, so does the median. */
static bool applies(const setting *s, const method *m) {
    return m->kind != IL_MEDIAN ||
           (value_of(s->a.converged, IL_SHARE) > 0.5 && value_of(s->b.converged, IL_SHARE) > 0.5);
}

static void measure(const setting *s, const method *m) {
    double truth = truth_of(s, m);
    printf("%-21s %8.5g", m->name, truth);
    count(s, m, truth, 0.05, REPETITIONS);
    count(s, m, truth, 0.01, REPETITIONS);
    count(s, m, truth, 0.001, REPETITIONS);
    count(s, m, truth, 0.0001, 10 * REPETITIONS);
    measure_power(s, m, truth, 0.99);
    fflush(stdout);
}

int main(int argc, char **argv) {
    const char *setting_name = argc > 1 ? argv[1] : "", *method_name = argc > 2 ? argv[2] : "";
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        setting *s = &settings[k];
        if (!strstr(s->name, setting_name))
            continue;
        s->a = train(s->study, "he_normal");
        s->b = s->paired ? train(s->study, "xavier_normal") : s->a;
        printf("\n%-21s %8s  %11s  %11s  %11s  %11s   power\n", s->name, "truth", "0.05", "0.01",
               "0.001", "0.0001");
        for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
            if (applies(s, &methods[i]) && strstr(methods[i].name, method_name))
                measure(s, &methods[i]);
    }
}
