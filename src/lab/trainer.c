#include "lab/trainer.h"

#include "base/arena.h"
#include "base/clones.h"
#include "nn/dropout.h"
#include "nn/network.h"
#include "nn/norm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EVALUATION_BATCH 256 /* samples in one pass of the blas engine, at least */

/* Families' first items are what a call without a descriptor stands for. */
static void settle(il_call *call, const il_family *family) {
    if (!call->desc)
        *call = (il_call){.desc = family->items[0]};
}

static void choose_sizes(il_trainer *t, const il_network_config *config) {
    size_t n = t->train.n, batch = t->training.batch;
    t->full = batch == 0 || batch >= n;
    t->batch = t->full ? n : batch;
    t->steps = t->training.drop_last ? n / t->batch : (n + t->batch - 1) / t->batch;
    t->chunk = !t->full && config->engine == IL_BLAS && t->batch < EVALUATION_BATCH
                   ? EVALUATION_BATCH
                   : t->batch;
    bool running = config->norm.desc && il_norm_of(&config->norm)->per_unit;
    bool drops = config->dropout.desc && il_dropout_of(&config->dropout)->law;
    t->reusable = t->full && !running && !drops;
}

static il_status allocate(il_trainer *t, size_t R, il_error *err) {
    il_layout layout = {0};
    size_t gathered = t->full ? 0 : t->batch, ordered = t->full ? 0 : t->train.n;
    size_t seed = il_layout_reserve(&layout, sizeof *t->seed, R, 1, 1);
    size_t step = il_layout_reserve(&layout, sizeof *t->step, R, 1, 1);
    size_t epoch = il_layout_reserve(&layout, sizeof *t->epoch, R, 1, 1);
    size_t schedule = il_layout_reserve(&layout, sizeof *t->schedule, IL_SCHEDULE_STATE, R, 1);
    size_t best = il_layout_reserve(&layout, sizeof *t->best, R, 1, 1);
    size_t stale = il_layout_reserve(&layout, sizeof *t->stale, R, 1, 1);
    size_t loss_sum = il_layout_reserve(&layout, sizeof *t->loss_sum, R, 1, 1);
    size_t right_sum = il_layout_reserve(&layout, sizeof *t->right_sum, R, 1, 1);
    size_t loss = il_layout_reserve(&layout, sizeof *t->loss, R, 1, 1);
    size_t correct = il_layout_reserve(&layout, sizeof *t->correct, R, 1, 1);
    size_t order = il_layout_reserve(&layout, sizeof *t->order, ordered, R, 1);
    size_t X = il_layout_reserve(&layout, sizeof *t->X, gathered, t->inputs, R);
    size_t Y = il_layout_reserve(&layout, sizeof *t->Y, gathered, t->outputs, R);
    size_t shared =
        il_layout_reserve(&layout, sizeof *t->shared, t->chunk, t->inputs, t->pixels ? 1 : 0);
    char *at = il_layout_allocate(&layout);
    if (!at)
        return il_fail(err, IL_NO_MEMORY, "no memory for batches of %zu samples in %zu replicas",
                       t->batch, R);
    t->seed = (uint64_t *)(void *)(at + seed);
    t->step = (uint64_t *)(void *)(at + step);
    t->epoch = (uint64_t *)(void *)(at + epoch);
    t->schedule = (double *)(void *)(at + schedule);
    t->best = (double *)(void *)(at + best);
    t->stale = (uint64_t *)(void *)(at + stale);
    t->loss_sum = (double *)(void *)(at + loss_sum);
    t->right_sum = (double *)(void *)(at + right_sum);
    t->loss = (il_real *)(void *)(at + loss);
    t->correct = (il_real *)(void *)(at + correct);
    t->order = (uint32_t *)(void *)(at + order);
    t->X = (il_real *)(void *)(at + X);
    t->Y = (il_real *)(void *)(at + Y);
    t->shared = (il_real *)(void *)(at + shared);
    return IL_OK;
}

/* The network's batch is the trainer's affair. */
static il_status check(const il_network_config *config, const il_training *training,
                       const il_samples *train, il_error *err) {
    il_network_config alone = *config;
    alone.batch = 1;
    if (train->n == 0 || train->n > UINT32_MAX)
        return il_fail(err, IL_INVALID, "%zu training samples: from 1 to %u can be trained on",
                       train->n, UINT32_MAX);
    il_status status = il_network_check(&alone, err);
    if (status == IL_OK)
        status = il_call_check(&il_optimizers, &training->optimizer, false, err);
    if (status == IL_OK)
        status = il_call_check(&il_schedules, &training->schedule, true, err);
    if (status == IL_OK)
        status = il_call_check(&il_clips, &training->clip, true, err);
    return status == IL_OK ? il_call_check(&il_penalties, &training->penalty, true, err) : status;
}

il_status il_trainer_new(const il_network_config *config, const il_training *training,
                         const il_samples *train, const il_samples *evaluation, il_trainer **out,
                         il_error *err) {
    *out = NULL;
    il_status status = check(config, training, train, err);
    if (status != IL_OK)
        return status;
    il_trainer *t = calloc(1, sizeof *t);
    if (!t)
        return il_fail(err, IL_NO_MEMORY, "no memory for a trainer");
    t->training = *training;
    t->config = *config;
    t->train = *train;
    settle(&t->training.schedule, &il_schedules);
    settle(&t->training.clip, &il_clips);
    settle(&t->training.penalty, &il_penalties);
    t->scheduled = t->training.schedule.desc != il_schedules.items[0];
    t->inputs = config->widths.width[0];
    t->outputs = config->widths.width[config->widths.n - 1];
    choose_sizes(t, config);
    t->pixels = train->pixels || (evaluation && evaluation->pixels);

    il_network_config whole = *config;
    size_t most = evaluation && evaluation->n > train->n ? evaluation->n : train->n;
    whole.batch = t->chunk < most ? t->chunk : most;
    whole.batch = training->room < whole.batch ? whole.batch : training->room;
    whole.slots = il_optimizer_slots(&training->optimizer);
    whole.lane_slots = il_optimizer_lane_slots(&training->optimizer);
    status = il_schedule_check(&t->training.schedule, t->training.epochs, err);
    if (status == IL_OK)
        status = il_network_new(&whole, &t->net, err);
    if (status == IL_OK)
        status = allocate(t, config->replicas, err);
    if (status != IL_OK) {
        il_trainer_free(t);
        return status;
    }
    for (size_t r = 0; r < config->replicas; r++)
        il_trainer_begin(t, r, 0);
    *out = t;
    return IL_OK;
}

void il_trainer_free(il_trainer *t) {
    if (!t)
        return;
    il_network_free(t->net);
    free(t->seed); /* the first of one block */
    free(t);
}

il_network *il_trainer_network(il_trainer *t) {
    return t->net;
}
uint64_t il_trainer_finished(const il_trainer *t, size_t replica) {
    return t->epoch[replica];
}
size_t il_trainer_steps(const il_trainer *t) {
    return t->steps;
}

void il_trainer_begin(il_trainer *t, size_t replica, uint64_t seed) {
    il_optimizer_reset(&t->training.optimizer, t->net, replica);
    il_schedule_reset(&t->training.schedule, t->schedule + replica * IL_SCHEDULE_STATE);
    t->seed[replica] = seed;
    t->step[replica] = t->epoch[replica] = t->stale[replica] = 0;
    t->best[replica] = HUGE_VAL;
    t->evaluated = false;
}

static void set_learning_rates(il_trainer *t) {
    double *lr = il_network_learning_rates(t->net),
           base = il_optimizer_rate(&t->training.optimizer);
    for (size_t r = 0; r < il_network_replicas(t->net); r++) {
        il_progress at = {.step = t->step[r],
                          .epoch_steps = t->steps,
                          .steps = (uint64_t)t->steps * t->training.epochs};
        lr[r] = base *
                il_schedule_factor(&t->training.schedule, &at, t->schedule + r * IL_SCHEDULE_STATE);
    }
}

/* Samples first … of a set, as many as one pass of evaluation takes, the same for all replicas. */
static il_pass chunk_of(il_trainer *t, const il_samples *on, size_t first) {
    size_t left = on->n - first, n = left < t->chunk ? left : t->chunk;
    const il_real *X = on->X ? on->X + first * t->inputs : t->shared;
    if (!on->X)
        il_samples_read(on, first * t->inputs, n * t->inputs, t->shared);
    return (il_pass){.n = n, .X = X, .Y = on->Y + first * t->outputs};
}

/* Batch k of this epoch. */
static il_pass batch_pass(il_trainer *t, size_t k, const il_draws *draws) {
    size_t R = il_network_replicas(t->net), first = k * t->batch, left = t->train.n - first;
    if (t->full) {
        il_pass pass = chunk_of(t, &t->train, 0);
        pass.training = draws;
        return pass;
    }
    size_t n = left < t->batch ? left : t->batch;
    il_gather(n, t->inputs, t->outputs, R, t->order + first * R, &t->train, t->X, t->Y);
    return (il_pass){.n = n, .X = t->X, .Y = t->Y, .own = true, .training = draws};
}

/* Gradients are of the mean loss plus the penalty; clipping sees both. */
static void step(il_trainer *t, const il_pass *pass) {
    il_pass_backward(t->net, pass);
    il_penalty_gradients(&t->training.penalty, t->net);
    il_clip_gradients(&t->training.clip, t->net);
    if (t->scheduled)
        set_learning_rates(t);
    il_penalty_decay(&t->training.penalty, t->net);
    il_optimizer_step(&t->training.optimizer, t->net);
    il_penalty_project(&t->training.penalty, t->net);
}

static void shuffle(il_trainer *t) {
    size_t R = il_network_replicas(t->net);
    for (size_t r = 0; r < R; r++)
        il_order_shuffle(t->train.n, R, t->training.order == IL_ORDER_SHARED ? 0 : t->seed[r],
                         t->epoch[r], t->order + r);
}

static void begin_sums(il_trainer *t) {
    size_t R = il_network_replicas(t->net);
    memset(t->loss_sum, 0, R * sizeof *t->loss_sum);
    memset(t->right_sum, 0, R * sizeof *t->right_sum);
    t->seen = 0;
}

/* Adds a pass of n samples. */
static void add_sums(il_trainer *t, size_t n) {
    for (size_t r = 0; r < il_network_replicas(t->net); r++) {
        t->loss_sum[r] += (double)t->loss[r] * (double)n;
        t->right_sum[r] += (double)t->correct[r];
    }
    t->seen += n;
}

void il_trainer_so_far(const il_trainer *t, size_t replica, double *loss, double *accuracy) {
    *loss = t->loss_sum[replica] / (double)t->seen;
    *accuracy = t->right_sum[replica] / (double)t->seen;
}

IL_CLONES static void trainer_count(size_t R, uint64_t *restrict counter) {
    for (size_t r = 0; r < R; r++)
        counter[r]++;
}

void il_trainer_epoch(il_trainer *t, il_real *loss, il_real *accuracy) {
    size_t R = il_network_replicas(t->net);
    const il_draws draws = {t->seed, t->step};
    bool summed = loss || t->training.stepped;
    if (!t->full)
        shuffle(t);
    if (summed)
        begin_sums(t);
    for (size_t k = 0; k < t->steps; k++) {
        il_pass pass = batch_pass(t, k, &draws);
        if (!t->evaluated) {
            il_pass_forward(t->net, &pass);
            il_pass_loss(t->net, &pass, t->loss, t->correct);
        }
        step(t, &pass);
        if (summed)
            add_sums(t, pass.n);
        trainer_count(R, t->step);
        t->evaluated = false;
        if (t->training.stepped)
            t->training.stepped(t->training.context, t, k + 1);
    }
    trainer_count(R, t->epoch);
    for (size_t r = 0; loss && r < R; r++) {
        loss[r] = (il_real)(t->loss_sum[r] / (double)t->seen);
        accuracy[r] = (il_real)(t->right_sum[r] / (double)t->seen);
    }
}

void il_trainer_evaluate(il_trainer *t, const il_samples *on, il_real *loss, il_real *correct) {
    size_t R = il_network_replicas(t->net);
    if (on->n <= t->chunk) {
        il_pass pass = chunk_of(t, on, 0);
        il_pass_forward(t->net, &pass);
        il_pass_loss(t->net, &pass, t->loss, t->correct);
        memcpy(loss, t->loss, R * sizeof *loss);
        memcpy(correct, t->correct, R * sizeof *correct);
        t->evaluated = t->reusable && on->Y == t->train.Y && on->n == t->train.n;
        return;
    }
    t->evaluated = false;
    begin_sums(t);
    for (size_t first = 0; first < on->n; first += t->chunk) {
        il_pass pass = chunk_of(t, on, first);
        il_pass_forward(t->net, &pass);
        il_pass_loss(t->net, &pass, t->loss, t->correct);
        add_sums(t, pass.n);
    }
    for (size_t r = 0; r < R; r++) {
        loss[r] = (il_real)(t->loss_sum[r] / (double)on->n);
        correct[r] = (il_real)t->right_sum[r];
    }
}

void il_trainer_observe(il_trainer *t, const il_real *loss) {
    for (size_t r = 0; r < il_network_replicas(t->net); r++) {
        bool better = (double)loss[r] < t->best[r];
        t->best[r] = better ? (double)loss[r] : t->best[r];
        t->stale[r] = better ? 0 : t->stale[r] + 1;
        il_schedule_observe(&t->training.schedule, (double)loss[r],
                            t->schedule + r * IL_SCHEDULE_STATE);
    }
}

bool il_trainer_stalled(const il_trainer *t, size_t replica) {
    return t->training.patience > 0 && t->stale[replica] >= t->training.patience;
}

static bool all_finite(const il_real *x, size_t n, size_t R, size_t r) {
    for (size_t i = 0; i < n; i++)
        if (!(x[i * R + r] - x[i * R + r] == 0))
            return false;
    return true;
}

size_t il_trainer_diverged_layer(il_trainer *t, const il_samples *on, size_t replica) {
    size_t R = il_network_replicas(t->net), found = il_network_layers(t->net);
    for (size_t first = 0; first < on->n; first += t->chunk) {
        il_pass pass = chunk_of(t, on, first);
        if (on->n > t->chunk) /* else the pass of the evaluation is still there */
            il_pass_forward(t->net, &pass);
        for (size_t k = 0; k + 1 < found; k++) {
            const il_layer *y = il_network_layer(t->net, k);
            if (!all_finite(y->z, pass.n * y->fan_out, R, replica))
                found = k + 1;
        }
    }
    return found;
}

void il_trainer_keep(il_trainer *t, const size_t *lanes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t r = lanes[i];
        t->seed[i] = t->seed[r];
        t->step[i] = t->step[r];
        t->epoch[i] = t->epoch[r];
        t->best[i] = t->best[r];
        t->stale[i] = t->stale[r];
        memmove(t->schedule + i * IL_SCHEDULE_STATE, t->schedule + r * IL_SCHEDULE_STATE,
                IL_SCHEDULE_STATE * sizeof *t->schedule);
    }
    il_network_keep(t->net, lanes, n);
    t->evaluated = false;
}
