#include "lab/group.h"

#include "base/arena.h"
#include "base/clones.h"
#include "initlab/train.h"
#include "lab/criterion.h"
#include "lab/starter.h"
#include "lab/task.h"

#include <math.h>
#include <stdlib.h>

/* Each lane is one run; `age` counts its finished epochs. */
typedef struct group {
    const il_block *block;
    il_trainer *trainer;
    il_network *net; /* the trainer's */
    il_starter starter;
    il_recorder recorder;
    il_run *runs;
    il_bounds bounds;
    bool watched; /* the schedule or the patience looks at the loss */
    size_t R, next, active, ended;
    size_t *owner;           /* [R] which of the block's runs the lane holds */
    int32_t *live;           /* [R] 1, or 0 for an idle lane */
    int32_t *age;            /* [R] */
    int32_t *verdict;        /* [R] 1 + il_outcome when the lane's run has ended, else 0 */
    size_t *kept;            /* [R] scratch for shrinking */
    il_real *loss, *correct; /* [R] */
} group;

#define CACHE                                                                                      \
    131072 /* bytes that a group may fill: some of the second-level cache, for loops that are long */
#define MOST_LANES 256

size_t il_group_lanes(const il_arm *arm, size_t samples) {
    if (arm->engine == IL_BLAS)
        return 1;
    size_t parameters = 0, units = 0, batch = il_batch_size(&arm->batch);
    samples = batch > 0 && batch < samples ? batch : samples;
    for (size_t k = 0; k + 1 < arm->network.n; k++) {
        parameters += (arm->network.width[k] + 1) * arm->network.width[k + 1];
        units += arm->network.width[k + 1];
    }
    size_t bytes = sizeof(il_real) *
                   ((2 + il_optimizer_slots(&arm->optimizer)) * parameters + 3 * samples * units);
    size_t R = CACHE / bytes / 16 * 16;
    return R < 16 ? 16 : R > MOST_LANES ? MOST_LANES : R;
}

/* n runs in as few rounds as R lanes allow, but in rounds of one size: where all take as many epochs, no round is left
 * with a few. */
static size_t even_lanes(size_t n, size_t R) {
    size_t rounds = (n + R - 1) / R, each = (n + rounds - 1) / rounds;
    return (each + 15) / 16 * 16;
}

/* Loss not finite: diverged. Otherwise, after at least one epoch, within the bounds: converged.
 * Otherwise at the budget: censored. Returns how many lanes have ended. */
IL_CLONES static size_t judge_lanes(size_t R, const il_bounds *bounds, il_real samples,
                                    int32_t budget, const int32_t *restrict live,
                                    const int32_t *restrict age, const il_real *restrict loss,
                                    const il_real *restrict correct, int32_t *restrict verdict) {
    il_bounds b = *bounds;
    int32_t ended = 0;
    for (size_t r = 0; r < R; r++) {
        il_real accuracy = correct[r] / samples;
        int32_t finite = loss[r] - loss[r] == 0;
        int32_t held = (loss[r] >= b.loss_low) & (loss[r] <= b.loss_high) &
                       (accuracy >= b.accuracy_low) & (accuracy <= b.accuracy_high) & (age[r] > 0);
        int32_t v = age[r] >= budget ? 1 + IL_CENSORED : 0;
        v = held ? 1 + IL_CONVERGED : v;
        v = finite ? v : 1 + IL_DIVERGED;
        v = live[r] ? v : 0;
        verdict[r] = v;
        ended += v != 0;
    }
    return (size_t)ended;
}

static void record(group *g, size_t r) {
    uint32_t seed = g->block->seed[g->owner[r]];
    g->block->ended[g->ended++] = seed;
    il_outcome outcome = (il_outcome)(g->verdict[r] - 1);
    g->runs[seed - 1] = (il_run){
        .epoch = (uint32_t)g->age[r],
        .outcome = (uint8_t)outcome,
        .layer = outcome == IL_DIVERGED
                     ? (uint16_t)il_trainer_diverged_layer(g->trainer, &g->block->judges, r)
                     : 0,
        .loss = isnan(g->loss[r]) ? NAN : (float)g->loss[r], /* one NaN for all processors */
        .accuracy =
            g->block->judges.numbers ? NAN : (float)(g->correct[r] / (il_real)g->block->judges.n),
    };
}

/* The flag may be set by a signal handler on another thread. */
static bool cancelled(const il_block *block) {
    return block->cancel && __atomic_load_n(block->cancel, __ATOMIC_RELAXED);
}

/* The run of a seed from which its scheme cannot begin, as *err says. */
static il_status give_up(group *g, uint32_t seed, il_error *err) {
    const il_block *b = g->block;
    g->runs[seed - 1] = (il_run){.outcome = IL_FAILED, .loss = NAN, .accuracy = NAN};
    g->block->ended[g->ended++] = seed;
    il_recorder_skip(&g->recorder, seed);
    b->failed(b->context, seed, err);
    return b->finished(b->context, 1, err);
}

/* Puts the next seed that can begin into lane r, or leaves it idle when there is none. */
static il_status refill(group *g, size_t r, il_error *err) {
    const il_block *b = g->block;
    il_status status = IL_OK;
    g->live[r] = 0;
    while (status == IL_OK && !g->live[r] && g->next < b->n) {
        uint32_t seed = b->seed[g->next];
        if (cancelled(b))
            return il_fail(err, IL_INTERRUPTED, "interrupted");
        g->age[r] = 0;
        g->owner[r] = g->next++;
        il_trainer_begin(g->trainer, r, b->study->seed_base + seed);
        status = il_starter_start(&g->starter, g->net, r, b->study->seed_base + seed, err);
        g->live[r] = status == IL_OK;
        if (status == IL_INVALID && !b->fail_fast)
            status = give_up(g, seed, err);
    }
    g->active += g->live[r] != 0;
    return status;
}

/* Packs the live lanes together and lowers R. */
static void shrink(group *g) {
    size_t n = 0;
    for (size_t r = 0; r < g->R; r++)
        if (g->live[r]) {
            g->kept[n] = r;
            g->owner[n] = g->owner[r];
            g->age[n] = g->age[r];
            n++;
        }
    il_trainer_keep(g->trainer, g->kept, n);
    il_recorder_keep(&g->recorder, g->kept, n, g->R);
    g->R = il_network_replicas(g->net);
    for (size_t r = 0; r < g->R; r++)
        g->live[r] = r < n;
}

IL_CLONES static void grow_older(size_t R, int32_t *restrict age) {
    for (size_t r = 0; r < R; r++)
        age[r]++;
}

/* Marks the lanes that have not ended but whose loss has stopped falling; returns how many. */
static size_t judge_patience(group *g) {
    size_t ended = 0;
    il_trainer_observe(g->trainer, g->loss);
    for (size_t r = 0; r < g->R; r++)
        if (g->live[r] && !g->verdict[r] && il_trainer_stalled(g->trainer, r)) {
            g->verdict[r] = 1 + IL_STALLED;
            ended++;
        }
    return ended;
}

/* After step `step` of an epoch. */
static void stepped(void *context, const il_trainer *trainer, size_t step) {
    (void)trainer;
    il_recorder_before(context, step + 1);
}

static void record_epoch(group *g) {
    const il_lanes lanes = {.R = g->R,
                            .seed = g->block->seed,
                            .owner = g->owner,
                            .live = g->live,
                            .age = g->age,
                            .verdict = g->verdict,
                            .loss = g->loss,
                            .right = g->correct};
    il_recorder_epoch(&g->recorder, &lanes);
}

/* One epoch of every lane: evaluate, record what has ended, train, and refill. */
static il_status epoch(group *g, il_error *err) {
    const il_block *b = g->block;
    il_trainer_evaluate(g->trainer, &b->judges, g->loss, g->correct);
    size_t ended = judge_lanes(g->R, &g->bounds, (il_real)b->judges.n, (int32_t)b->study->budget,
                               g->live, g->age, g->loss, g->correct, g->verdict);
    if (g->watched)
        ended += judge_patience(g);
    if (ended > 0)
        for (size_t r = 0; r < g->R; r++)
            if (g->verdict[r])
                record(g, r);
    record_epoch(g);
    g->active -= ended;
    if (g->active > 0) {
        il_recorder_before(&g->recorder, 1);
        il_trainer_epoch(g->trainer, NULL, NULL);
        grow_older(g->R, g->age);
    }
    if (ended == 0)
        return IL_OK;

    il_status status = b->finished(b->context, ended, err);
    for (size_t r = 0; r < g->R && status == IL_OK; r++)
        if (g->verdict[r])
            status = refill(g, r, err);
    if (status == IL_OK && g->active > 0 && g->R > 16 && g->active <= g->R / 2)
        shrink(g);
    return status;
}

static il_status open_group(group *g, const il_block *block, il_run *runs, void **lanes,
                            il_error *err) {
    const il_arm *arm = block->arm;
    size_t R = block->lanes ? block->lanes : il_group_lanes(arm, block->train.n);
    R = arm->engine == IL_BLAS ? 1 : even_lanes(block->n, R);
    *g = (group){.block = block,
                 .runs = runs,
                 .R = R,
                 .bounds = il_criterion_bounds(&block->study->converged)};

    il_layout layout = {0};
    size_t owner = il_layout_reserve(&layout, sizeof *g->owner, R, 1, 1);
    size_t kept = il_layout_reserve(&layout, sizeof *g->kept, R, 1, 1);
    size_t live = il_layout_reserve(&layout, sizeof *g->live, R, 1, 1);
    size_t age = il_layout_reserve(&layout, sizeof *g->age, R, 1, 1);
    size_t verdict = il_layout_reserve(&layout, sizeof *g->verdict, R, 1, 1);
    size_t loss = il_layout_reserve(&layout, sizeof *g->loss, R, 1, 1);
    size_t correct = il_layout_reserve(&layout, sizeof *g->correct, R, 1, 1);
    char *at = *lanes = il_layout_allocate(&layout);
    if (!at)
        return il_fail(err, IL_NO_MEMORY, "no memory for a group of %zu replicas", R);
    g->owner = (size_t *)(void *)(at + owner);
    g->kept = (size_t *)(void *)(at + kept);
    g->live = (int32_t *)(void *)(at + live);
    g->age = (int32_t *)(void *)(at + age);
    g->verdict = (int32_t *)(void *)(at + verdict);
    g->loss = (il_real *)(void *)(at + loss);
    g->correct = (il_real *)(void *)(at + correct);

    const il_network_config config = il_arm_network(arm, R);
    il_training training = il_arm_training(block->study, arm);
    training.threads = arm->engine == IL_BLAS ? block->threads : 1;
    if (block->record) {
        g->recorder = (il_recorder){.wanted = block->recording,
                                    .train = &block->train,
                                    .judges = &block->judges,
                                    .record = block->record,
                                    .alarms = block->alarms};
    }
    if (g->recorder.wanted.layers) {
        training.stepped = stepped;
        training.context = &g->recorder;
        training.room = block->train.n < IL_MONITOR_SAMPLES ? block->train.n : IL_MONITOR_SAMPLES;
    }
    g->watched = training.patience > 0 || il_schedule_watches(&training.schedule);
    il_status status =
        il_trainer_new(&config, &training, &block->train, &block->judges, &g->trainer, err);
    if (status == IL_OK)
        status = il_starter_open(arm, &block->train, &g->starter, err);
    if (status == IL_OK)
        g->net = il_trainer_network(g->trainer);
    if (status == IL_OK && block->record)
        status =
            il_recorder_open(block->study, block->seed, block->n, g->trainer, &g->recorder, err);
    for (size_t r = 0; r < R && status == IL_OK; r++)
        status = refill(g, r, err);
    return status;
}

il_status il_group_run(const il_block *block, il_run *runs, il_error *err) {
    group g;
    void *lanes = NULL;
    il_status status = open_group(&g, block, runs, &lanes, err);
    while (status == IL_OK && g.active > 0)
        status = cancelled(block) ? il_fail(err, IL_INTERRUPTED, "interrupted") : epoch(&g, err);
    il_recorder_close(&g.recorder);
    il_trainer_free(g.trainer);
    il_starter_close(&g.starter);
    free(lanes);
    return status;
}
