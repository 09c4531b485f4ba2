/* Whole trainings against PyTorch, step by step: optimizers, schedules, clips and penalties together, from the same weights
 * and the same batches (golden/optim.py).
 *
 * Parameters are compared as vectors: no element may differ by more than the tolerance times the largest magnitude. The
 * tolerances, 1e-5 in float and 1e-10 in double, hold for all cases and steps.
 */
#include "cmocka_all.h"

#include "initlab.h"

#include "golden/optim.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EPOCH_STEPS (GOLDEN_SAMPLES / GOLDEN_BATCH)
#define LANES 16
#define LANE 5

static il_call call(const il_family *family, const char *text) {
    il_call out;
    il_error err;
    if (il_call_parse(family, text, NULL, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

/* One replica starts as the golden one, the others each in their own way. */
static il_network *build(const struct golden_optim *row, il_engine engine, size_t lane) {
    il_error err;
    il_network *net = NULL;
    il_call optimizer = call(&il_optimizers, row->optimizer);
    il_call weights = call(&il_inits, "normal(std=0.5)");
    il_network_config config = {.hidden = call(&il_activations, "tanh"),
                                .loss = call(&il_losses, "softmax_ce"),
                                .norm = call(&il_norms, row->norm),
                                .engine = engine,
                                .replicas = engine == IL_BLAS ? 1 : LANES,
                                .batch = GOLDEN_BATCH,
                                .slots = il_optimizer_slots(&optimizer),
                                .lane_slots = il_optimizer_lane_slots(&optimizer)};
    assert_int_equal(il_widths_parse("3-4-2", NULL, &config.widths, &err), IL_OK);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    for (size_t r = 0; r < config.replicas; r++) {
        assert_int_equal(il_init_network(&weights, &weights, net, r, r, &err), IL_OK);
        il_optimizer_reset(&optimizer, net, r);
    }
    const double *start = golden_start;
    for (size_t k = 0; k < 2; k++) {
        const il_layer *y = il_network_layer(net, k);
        il_real W[12], b[4];
        for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
            W[i] = (il_real)*start++;
        for (size_t j = 0; j < y->fan_out; j++)
            b[j] = (il_real)*start++;
        il_network_put(net, k, lane, W, b);
    }
    return net;
}

/* Step t, from 0, in the order that optim.h states; the schedule's state is one for all replicas. */
static void step(const struct golden_optim *row, il_network *net, uint64_t t, double *state) {
    il_real X[GOLDEN_BATCH * 3], Y[GOLDEN_BATCH * 2] = {0}, loss[LANES], correct[LANES];
    size_t first = t * GOLDEN_BATCH % GOLDEN_SAMPLES;
    il_call optimizer = call(&il_optimizers, row->optimizer);
    il_call schedule = call(&il_schedules, row->schedule), clip = call(&il_clips, row->clip);
    il_call penalty = call(&il_penalties, row->penalty);
    il_progress at = {.step = t, .epoch_steps = EPOCH_STEPS, .steps = EPOCH_STEPS * GOLDEN_EPOCHS};
    for (size_t i = 0; i < GOLDEN_BATCH * 3; i++)
        X[i] = (il_real)golden_X[first * 3 + i];
    for (size_t i = 0; i < GOLDEN_BATCH; i++)
        Y[i * 2 + (size_t)golden_label[first + i]] = 1;
    il_network_forward(net, GOLDEN_BATCH, X);
    il_network_loss(net, GOLDEN_BATCH, Y, loss, correct);
    il_network_backward(net, GOLDEN_BATCH, X);
    il_penalty_gradients(&penalty, net);
    il_clip_gradients(&clip, net);
    for (size_t r = 0; r < il_network_replicas(net); r++)
        il_network_learning_rates(net)[r] =
            il_optimizer_rate(&optimizer) * il_schedule_factor(&schedule, &at, state);
    il_penalty_decay(&penalty, net);
    il_optimizer_step(&optimizer, net);
    il_penalty_project(&penalty, net);
    if ((t + 1) % EPOCH_STEPS == 0)
        il_schedule_observe(&schedule, golden_losses[t / EPOCH_STEPS], state);
}

static void compare(const struct golden_optim *row, il_network *net, size_t lane, size_t kept) {
    size_t n = il_network_size(net), R = il_network_replicas(net);
    double most = 0, off = 0, tolerance = sizeof(il_real) == 4 ? 1e-5 : 1e-10;
    assert_int_equal(n, strcmp(row->norm, "none") == 0 ? 26 : 34);
    for (size_t i = 0; i < n; i++) {
        double ours = (double)il_network_parameters(net)[i * R + lane];
        double theirs = row->after[kept][i];
        most = fmax(most, fabs(theirs));
        off = fabs(ours - theirs) <= off ? off : fabs(ours - theirs);
    }
    if (!(off <= tolerance * most))
        fail_msg("after step %d off by %.2e of %g", golden_kept[kept], off, most);
}

static void follows(void **state) {
    const struct golden_optim *row = *state;
    for (int engine = 0; engine < 2; engine++) {
        size_t lane = engine == IL_BLAS ? 0 : LANE, kept = 0;
        double memory[IL_SCHEDULE_STATE];
        il_call schedule = call(&il_schedules, row->schedule);
        il_schedule_reset(&schedule, memory);
        il_network *net = build(row, (il_engine)engine, lane);
        for (int t = 0; t < GOLDEN_STEPS; t++) {
            step(row, net, (uint64_t)t, memory);
            if (golden_kept[kept] == t + 1)
                compare(row, net, lane, kept++);
        }
        assert_int_equal(kept, GOLDEN_KEPT);
        il_network_free(net);
    }
}

/* Every item of every family appears. */
static void covers(const il_family *family, size_t field) {
    for (size_t i = 0; i < family->n; i++) {
        bool found = false;
        for (size_t c = 0; c < COUNT(golden_optim) && !found; c++) {
            const char *const texts[] = {golden_optim[c].optimizer, golden_optim[c].schedule,
                                         golden_optim[c].clip, golden_optim[c].penalty};
            found = call(family, texts[field]).desc == family->items[i];
        }
        if (!found)
            fail_msg("no case has %s %s", family->kind, family->items[i]->name);
    }
}

static void nothing_is_left_out(void **state) {
    (void)state;
    assert_true(COUNT(golden_optim) >= 200);
    covers(&il_optimizers, 0);
    covers(&il_schedules, 1);
    covers(&il_clips, 2);
    covers(&il_penalties, 3);
}

int main(int argc, char **argv) {
    static struct CMUnitTest tests[COUNT(golden_optim) + 1];
    static char names[COUNT(golden_optim)][256];
    for (size_t i = 0; i < COUNT(golden_optim); i++) {
        const struct golden_optim *row = &golden_optim[i];
        snprintf(names[i], sizeof *names, "%s %s %s %s %s", row->optimizer, row->schedule,
                 row->clip, row->penalty, row->norm);
        tests[i] = (struct CMUnitTest){names[i], follows, NULL, NULL, (void *)(uintptr_t)row};
    }
    tests[COUNT(golden_optim)] = (struct CMUnitTest)cmocka_unit_test(nothing_is_left_out);
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("optim_pytorch", tests, NULL, NULL);
}
