/* The exact tier of training: hashes of weights and learning rates that must have the same bits on every machine. As
 * test_bits.c, this program is linked with the library as built and with each instruction set's variant alone; all must
 * give the values in golden/bits_optim.h.
 */
#include "random_net.h"

#include "golden/bits_optim.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define R 48
#define STEPS 60

static uint64_t hash_of(const void *data, size_t size) {
    const unsigned char *p = data;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Compares all before it fails, so that a changed algorithm shows all its hashes at once. */
static void expect_all(const il_family *family, const struct golden_bits *golden, size_t n,
                       uint64_t (*make)(const il_call *call)) {
    size_t wrong = 0;
    for (size_t i = 0; i < family->n; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found |= random_call(family, golden[k].text).desc == family->items[i];
        if (!found)
            fail_msg("no hash of %s %s", family->kind, family->items[i]->name);
    }
    for (size_t k = 0; k < n; k++) {
        il_call call = random_call(family, golden[k].text);
        uint64_t hash = make(&call);
        if (hash != golden[k].hash)
            print_error("%s: %s hashes to 0x%016llx, not 0x%016llx\n", VARIANT, golden[k].text,
                        (unsigned long long)hash, (unsigned long long)golden[k].hash);
        wrong += hash != golden[k].hash;
    }
    assert_int_equal(wrong, 0);
}

/* Learning rates that differ between replicas. */
static uint64_t train(const il_call *optimizer, const il_call *clip, const il_call *penalty) {
    il_network *net = random_net("3-7-5-1", "none", optimizer, R, 1);
    for (size_t r = 0; r < R; r++)
        il_network_learning_rates(net)[r] *= 0.5 + (double)r / R;
    for (uint64_t t = 0; t < STEPS; t++) {
        random_gradients(net, t % 5);
        il_penalty_gradients(penalty, net);
        il_clip_gradients(clip, net);
        il_penalty_decay(penalty, net);
        il_optimizer_step(optimizer, net);
        il_penalty_project(penalty, net);
    }
    uint64_t hash = hash_of(il_network_parameters(net), il_network_size(net) * R * sizeof(il_real));
    il_network_free(net);
    return hash;
}

static uint64_t train_optimizer(const il_call *optimizer) {
    il_call clip = random_call(&il_clips, "none"), penalty = random_call(&il_penalties, "none");
    return train(optimizer, &clip, &penalty);
}

static uint64_t train_clip(const il_call *clip) {
    il_call adam = random_call(&il_optimizers, "adam(lr=0.02)");
    il_call penalty = random_call(&il_penalties, "none");
    return train(&adam, clip, &penalty);
}

static uint64_t train_penalty(const il_call *penalty) {
    il_call sgd = random_call(&il_optimizers, "sgd(lr=0.1)");
    il_call clip = random_call(&il_clips, "none");
    return train(&sgd, &clip, penalty);
}

static uint64_t follow_schedule(const il_call *schedule) {
    static double factor[400];
    double state[IL_SCHEDULE_STATE];
    il_schedule_reset(schedule, state);
    for (uint64_t t = 0; t < COUNT(factor); t++) {
        il_progress at = {.step = t, .epoch_steps = 5, .steps = COUNT(factor)};
        factor[t] = il_schedule_factor(schedule, &at, state);
        if (t % 5 == 4)
            il_schedule_observe(schedule, 1 / (double)(1 + t / 20), state);
    }
    return hash_of(factor, sizeof factor);
}

static void optimizers(void **state) {
    (void)state;
    expect_all(&il_optimizers, golden_optimizers, COUNT(golden_optimizers), train_optimizer);
}

static void clips(void **state) {
    (void)state;
    expect_all(&il_clips, golden_clips, COUNT(golden_clips), train_clip);
}

static void penalties(void **state) {
    (void)state;
    expect_all(&il_penalties, golden_penalties, COUNT(golden_penalties), train_penalty);
}

static void schedules(void **state) {
    (void)state;
    expect_all(&il_schedules, golden_schedules, COUNT(golden_schedules), follow_schedule);
}

int main(void) {
#ifdef __x86_64__
    if ((strcmp(VARIANT, "avx2") == 0 && !__builtin_cpu_supports("avx2")) ||
        (strcmp(VARIANT, "avx512f") == 0 && !__builtin_cpu_supports("avx512f"))) {
        printf("this processor has no %s\n", VARIANT);
        return 77;
    }
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimizers),
        cmocka_unit_test(clips),
        cmocka_unit_test(penalties),
        cmocka_unit_test(schedules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
