/* Groups: a run depends on its study and seed alone, and its record says what happened. */
#include "studies.h"

#include "lab/group.h"

#include <math.h>

static bool holds(const il_criterion *criterion, double loss, double accuracy) {
    for (size_t i = 0; i < criterion->n; i++) {
        const il_term *t = &criterion->term[i];
        double x = t->metric == IL_LOSS ? loss : accuracy, v = (double)(float)t->value;
        bool term = t->relation == IL_LESS       ? x < v
                    : t->relation == IL_AT_MOST  ? x <= v
                    : t->relation == IL_EQUAL    ? x == v
                    : t->relation == IL_AT_LEAST ? x >= v
                                                 : x > v;
        if (!term)
            return false;
    }
    return true;
}

/* One seed trained alone, written without the group's machinery: T by definition. */
static il_run train_alone(const il_study *study, size_t arm_index, uint64_t seed) {
    const il_arm *arm = &study->arms[arm_index];
    il_error err;
    il_dataset *data = NULL;
    il_network *net = NULL;
    il_real Y[64], loss[16], correct[16];
    size_t outputs = arm->network.width[arm->network.n - 1];
    assert_int_equal(il_dataset_new(&arm->data, NULL, &data, &err), IL_OK);
    assert_int_equal(il_dataset_targets(data, outputs, Y, &err), IL_OK);
    il_network_config config = {.widths = arm->network,
                                .hidden = arm->hidden,
                                .loss = arm->loss,
                                .engine = arm->engine,
                                .replicas = arm->engine == IL_BLAS ? 1 : 16,
                                .batch = data->n,
                                .slots = il_optimizer_slots(&arm->optimizer),
                                .lane_slots = il_optimizer_lane_slots(&arm->optimizer)};
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    il_optimizer_reset(&arm->optimizer, net, 0);
    assert_int_equal(il_init_network(&arm->init, &arm->bias, net, 0, seed, &err), IL_OK);
    il_run run = {.epoch = study->budget, .outcome = IL_CENSORED};
    for (uint32_t epoch = 1; epoch <= study->budget; epoch++) {
        il_network_forward(net, data->n, data->X);
        il_network_loss(net, data->n, Y, loss, correct);
        il_network_backward(net, data->n, data->X);
        il_optimizer_step(&arm->optimizer, net);
        il_network_forward(net, data->n, data->X);
        il_network_loss(net, data->n, Y, loss, correct);
        run.loss = (float)loss[0];
        run.accuracy = (float)(correct[0] / (il_real)data->n);
        if (!isfinite(loss[0])) {
            run.epoch = epoch;
            run.outcome = IL_DIVERGED;
            break;
        }
        if (holds(&study->converged, (double)run.loss, (double)run.accuracy)) {
            run.epoch = epoch;
            run.outcome = IL_CONVERGED;
            break;
        }
    }
    il_network_free(net);
    il_dataset_free(data);
    return run;
}

static const char *const texts[] = {
    "data: xor\nnetwork: 2-2-1\noptimizer: adam(lr=0.05)\ninit: he_normal\nseeds: 40\nbudget: "
    "400\n",
    "data: xor\nnetwork: 2-4-1\nhidden: tanh\noptimizer: sgd(lr=1)\ninit: normal(std=1)\nseeds: "
    "40\n"
    "budget: 400\n",
    "data: parity(3)\nnetwork: 3-6-2\nhidden: sigmoid\nloss: softmax_ce\noptimizer: "
    "momentum(lr=1)\n"
    "init: xavier_uniform\nbias: uniform(low=-0.5, high=0.5)\nseeds: 40\nbudget: 300\n",
    "data: xor\nnetwork: 2-3-1\nloss: mse\noptimizer: sgd(lr=30)\ninit: normal(std=3)\nseeds: 40\n"
    "budget: 200\n",
    /* Holds before the first step, but an epoch must end first. */
    "data: xor\nnetwork: 2-3-1\ninit: he_normal\nseeds: 20\nbudget: 5\nconverged: loss > 0\n",
    "data: xor\nnetwork: 2-3-1\noptimizer: adam(lr=0.05)\ninit: he_normal\nseeds: 40\nbudget: 300\n"
    "converged: accuracy >= 0.75\n",
    "data: or\nnetwork: 2-3-1\noptimizer: adam(lr=0.05)\ninit: he_normal\nseeds: 40\nbudget: 300\n"
    "converged: accuracy == 0.75\n",
    "data: or\nnetwork: 2-3-1\noptimizer: sgd(lr=0.5)\ninit: normal(std=2)\nseeds: 40\nbudget: "
    "100\n"
    "converged: accuracy <= 0.5\n",
    "data: xor\nnetwork: 2-3-1\noptimizer: sgd(lr=1)\ninit: normal(std=5)\nseeds: 40\nbudget: 100\n"
    "converged: loss >= 1 and loss <= 2\n",
    /* A loss that is not finite is never convergence. */
    "data: xor\nnetwork: 2-3-1\nloss: mse\noptimizer: sgd(lr=30)\ninit: normal(std=3)\nseeds: 40\n"
    "budget: 200\nconverged: loss > 1e30\n",
};

static void run_is_its_definition(void **state) {
    (void)state;
    size_t outcomes[3] = {0};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int engine = 0; engine < 2; engine++) {
            il_study *study = study_of(texts[t]);
            study->arms[0].engine = engine ? IL_LOCKSTEP : IL_BLAS;
            il_results *results = run_study(study, 1, 0);
            for (size_t i = 0; i < study->seeds; i++) {
                il_run alone = train_alone(study, 0, 1 + i);
                alone.layer = results->runs[i].layer;
                assert_same_runs(&results->runs[i], &alone, 1);
                outcomes[alone.outcome]++;
            }
            il_results_free(results);
            il_study_free(study);
        }
    /* The four studies between them meet every outcome. */
    for (size_t o = 0; o < 3; o++)
        assert_true(outcomes[o] >= 20);
}

/* Any R, any number of workers, and refilled or shrunk groups: the same runs. */
static void lanes_and_jobs_do_not_matter(void **state) {
    (void)state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        il_study *study = study_of(texts[t]);
        study->seeds = 1100; /* more than two blocks */
        study->arms[0].engine = IL_LOCKSTEP;
        il_results *reference = run_study(study, 1, 16);
        static const size_t jobs[] = {1, 2}, lanes[] = {0, 64, 256};
        for (size_t j = 0; j < 2; j++)
            for (size_t l = 0; l < 3; l++) {
                il_results *other = run_study(study, jobs[j], lanes[l]);
                assert_same_runs(reference->runs, other->runs, study->seeds);
                il_results_free(other);
            }
        il_results_free(reference);
        il_study_free(study);
    }
}

static void more_seeds_only_add(void **state) {
    (void)state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int engine = 0; engine < 2; engine++) {
            il_study *study = study_of(texts[t]);
            study->arms[0].engine = engine ? IL_LOCKSTEP : IL_BLAS;
            study->seeds = 1000;
            il_results *many = run_study(study, 2, 0);
            study->seeds = 100;
            il_results *few = run_study(study, 2, 0);
            assert_same_runs(many->runs, few->runs, 100);
            study->seeds = 1;
            il_results *one = run_study(study, 2, 0);
            assert_same_runs(many->runs, one->runs, 1);
            il_results_free(one);
            il_results_free(few);
            il_results_free(many);
            il_study_free(study);
        }
}

/* Seeds of later blocks are the seeds that follow. */
static void blocks_go_on(void **state) {
    (void)state;
    il_study *study = study_of(texts[0]);
    study->seeds = 1100;
    il_results *results = run_study(study, 2, 0);
    for (uint64_t seed = 500; seed <= 1100; seed += 40) {
        il_run alone = train_alone(study, 0, seed);
        assert_same_runs(&results->runs[seed - 1], &alone, 1);
    }
    il_results_free(results);
    il_study_free(study);
}

/* Weights that overflow are found, with the layer where the first non-finite number stands. */
static void divergence_is_located(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned layer, epoch;
    } cases[] = {
        /* 1e6 squared through linear layers: 1e6, 1e12, … 1e36 at layer 6, infinite at layer 7; the
           loss is not finite before the first step, which is epoch 0. */
        {"data: or\nnetwork: 2-[2]x8-1\nhidden: linear\ninit: constant(1e6)\nseeds: 1\n", 7, 0},
        /* One finite pass, then a step of 1e6 times the gradient of a squared error. */
        {"data: or\nnetwork: 2-1\nloss: mse\noptimizer: sgd(lr=1e6)\ninit: ones\nseeds: 1\n", 0, 0},
    };
    il_study *study = study_of(cases[0].text);
    for (int engine = 0; engine < 2; engine++) {
        study->arms[0].engine = engine ? IL_LOCKSTEP : IL_BLAS;
        il_results *results = run_study(study, 1, 0);
        assert_int_equal(results->runs[0].outcome, IL_DIVERGED);
        assert_int_equal(results->runs[0].layer, cases[0].layer);
        assert_int_equal(results->runs[0].epoch, cases[0].epoch);
        assert_int_equal(results->arms[0].diverged, 1);
        il_results_free(results);
    }
    il_study_free(study);

    study = study_of(cases[1].text);
    il_results *results = run_study(study, 1, 0);
    assert_int_equal(results->runs[0].outcome, IL_DIVERGED);
    assert_int_equal(results->runs[0].layer, 1);
    assert_true(results->runs[0].epoch > 1 && results->runs[0].epoch < 10);
    il_results_free(results);
    il_study_free(study);

    /* Logits of 1.6e25 are finite; their square is not: the last layer is named, and the NaN is always one. */
    study =
        study_of("data: and\nnetwork: 2-[2]x3-1\nhidden: linear\nloss: mse\ninit: constant(1e6)\n"
                 "seeds: 1\n");
    results = run_study(study, 1, 0);
    assert_int_equal(results->runs[0].outcome, IL_DIVERGED);
    assert_int_equal(results->runs[0].layer, 4);
    assert_true(isinf(results->runs[0].loss));
    il_results_free(results);
    il_study_free(study);
    study = study_of("data: or\nnetwork: 2-[2]x8-1\nhidden: linear\ninit: normal(std=1e6)\nseeds: "
                     "40\nbudget: 3\n");
    results = run_study(study, 1, 0);
    size_t nans = 0;
    for (size_t i = 0; i < 40; i++)
        if (isnan(results->runs[i].loss)) {
            uint32_t bits;
            memcpy(&bits, &results->runs[i].loss, sizeof bits);
            assert_int_equal(bits, 0x7fc00000);
            nans++;
        }
    assert_true(nans > 0);
    il_results_free(results);
    il_study_free(study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_is_its_definition), cmocka_unit_test(lanes_and_jobs_do_not_matter),
        cmocka_unit_test(more_seeds_only_add),   cmocka_unit_test(blocks_go_on),
        cmocka_unit_test(divergence_is_located),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
