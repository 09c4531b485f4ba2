/* Allocation, seen from outside: the linker sends every malloc, calloc, aligned_alloc and free of the library
 * through the functions below. Training allocates nothing; and when the n-th allocation fails, for every n,
 * the call says so and leaves nothing behind.
 */
#include "studies.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static long allocations, live, fail_at = -1; /* fail_at: the allocation, from 0, that fails */

static bool fails(void) {
    return allocations++ == fail_at;
}

static void *counted(void *block) {
    live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : counted(__real_malloc(size));
}
void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : counted(__real_calloc(n, size));
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}
void __wrap_free(void *block) {
    live -= block != NULL;
    __real_free(block);
}

static void training_allocates_nothing(void **state) {
    (void)state;
    static const char *const optimizers[] = {"sgd(lr=0.1)", "momentum(lr=0.1)", "adam(lr=0.01)"};
    static const il_real X[8] = {0, 0, 0, 1, 1, 0, 1, 1}, Y[4] = {0, 1, 1, 0};
    for (size_t o = 0; o < 3; o++)
        for (int engine = 0; engine < 2; engine++) {
            il_error err;
            il_network *net;
            il_optimizer optimizer;
            il_call he, zeros;
            il_real loss[64], correct[64];
            size_t R = engine ? 64 : 1, lanes[20];
            assert_int_equal(il_optimizer_parse(optimizers[o], &optimizer, &err), IL_OK);
            assert_int_equal(il_call_parse(&il_inits, "he_normal", NULL, &he, &err), IL_OK);
            assert_int_equal(il_call_parse(&il_inits, "zeros", NULL, &zeros, &err), IL_OK);
            il_network_config config = {.engine = engine ? IL_LOCKSTEP : IL_BLAS,
                                        .replicas = R,
                                        .batch = 4,
                                        .slots = il_optimizer_slots(&optimizer),
                                        .lane_slots = il_optimizer_lane_slots(&optimizer)};
            assert_int_equal(il_widths_parse("2-8-4-1", NULL, &config.widths, &err), IL_OK);
            assert_int_equal(il_call_parse(&il_activations, "tanh", NULL, &config.hidden, &err),
                             IL_OK);
            assert_int_equal(il_call_parse(&il_losses, "bce", NULL, &config.loss, &err), IL_OK);
            allocations = 0;
            assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
            assert_int_equal(allocations, 1); /* the one allocation of a network */
            for (size_t i = 0; i < 20; i++)
                lanes[i] = 3 * i;
            for (int epoch = 0; epoch < 50; epoch++) {
                for (size_t r = 0; r < il_network_replicas(net); r += 5) {
                    il_optimizer_reset(&optimizer, net, r);
                    assert_int_equal(il_init_network(&he, &zeros, net, r, r, &err), IL_OK);
                }
                il_network_forward(net, 4, X);
                il_network_loss(net, 4, Y, loss, correct);
                il_network_backward(net, 4, X);
                il_optimizer_step(&optimizer, net);
                if (engine && epoch == 25)
                    il_network_keep(net, lanes, 20);
            }
            assert_int_equal(allocations, 1);
            il_network_free(net);
        }
}

/* The number of allocations of a study does not depend on how long it trains. */
static void longer_studies_allocate_no_more(void **state) {
    (void)state;
    il_study *study =
        study_of("data: xor\nnetwork: 2-4-1\noptimizer: adam(lr=0.01)\n"
                 "init: [zeros, he_normal]\nseeds: 200\nbudget: 10\nbaseline: he_normal\n");
    long counted_for[2];
    for (size_t i = 0; i < 2; i++) {
        study->budget = i ? 1000 : 10;
        allocations = 0;
        il_results_free(run_study(study, 1, 0));
        counted_for[i] = allocations;
    }
    assert_int_equal(counted_for[0], counted_for[1]);
    il_study_free(study);
}

static void every_failure_is_clean(void **state) {
    (void)state;
    static const char text[] =
        "data: [xor, parity(3)]\nnetwork: [2-4-1]\ninit: [zeros, he_normal]\nseeds: 40\n"
        "budget: 20\nbaseline: he_normal\n";
    static const char fitting[] =
        "data: xor\nnetwork: [2-4-1, 2-4-2]\ninit: [zeros, he_normal]\nseeds: 40\n"
        "budget: 20\nbaseline: he_normal\n";
    il_error err;
    il_study *study = NULL;
    assert_int_equal(il_study_parse(text, sizeof text - 1, "test", NULL, 0, &study, &err),
                     IL_INVALID);

    long before = live;
    bool done = false;
    for (long n = 0; !done; n++) {
        il_results *results = NULL;
        study = NULL;
        allocations = 0;
        fail_at = n;
        il_status status =
            il_study_parse(fitting, sizeof fitting - 1, "test", NULL, 0, &study, &err);
        if (status == IL_OK)
            status = il_study_run(study, &(il_run_options){.jobs = 1}, &results, &err);
        done = allocations <= n;
        fail_at = -1;
        assert_int_equal(status, done ? IL_OK : IL_NO_MEMORY);
        assert_true(done == (results != NULL));
        il_results_free(results);
        il_study_free(study);
        assert_int_equal(live, before);
        assert_true(n < 10000);
    }
}

static void every_dataset_fails_cleanly(void **state) {
    (void)state;
    static const char *const texts[] = {"moons",   "circles", "checkerboard", "gaussian", "shapes",
                                        "teacher", "linear",  "sine",         "friedman", "blobs"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        il_error err;
        il_data_request request = {0};
        assert_int_equal(il_call_parse(&il_datasets, texts[i], NULL, &request.data, &err), IL_OK);
        long before = live;
        bool done = false;
        for (long n = 0; !done; n++) {
            il_dataset *data = NULL;
            allocations = 0;
            fail_at = n;
            il_status status = il_dataset_new(&request, NULL, &data, &err);
            done = allocations <= n;
            fail_at = -1;
            assert_int_equal(status, done ? IL_OK : IL_NO_MEMORY);
            assert_true(done == (data != NULL));
            il_dataset_free(data);
            assert_int_equal(live, before);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_allocates_nothing),
        cmocka_unit_test(longer_studies_allocate_no_more),
        cmocka_unit_test(every_failure_is_clean),
        cmocka_unit_test(every_dataset_fails_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
