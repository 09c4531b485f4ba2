/* Every optimizer against its published recurrence, written here in double on a network's own
 * gradients, and against minima that are known.
 */
#include "naive.h"
#include "random_net.h"

#include "optim/optimizer.h"
#include "optim/scalar.h"

#define STEPS 60
#define MOST (21 * 32 > 361 ? 21 * 32 : 361)

/* What a recurrence remembers of one parameter, in whatever roles. */
typedef struct state {
    double m, v, u;
} state;

/* One parameter in step t, from 1; `weight`: not a bias. */
typedef void rule(double g, double *w, state *s, int t, bool weight);

static void sgd(double g, double *w, state *s, int t, bool weight) {
    (void)s, (void)t, (void)weight;
    *w -= 0.5 * g;
}

static void momentum(double g, double *w, state *s, int t, bool weight) {
    (void)t, (void)weight;
    s->v = 0.8 * s->v + g;
    *w -= 0.1 * s->v;
}

static void nesterov(double g, double *w, state *s, int t, bool weight) {
    (void)t, (void)weight;
    s->v = 0.9 * s->v + g;
    *w -= 0.1 * (g + 0.9 * s->v);
}

static void adagrad(double g, double *w, state *s, int t, bool weight) {
    (void)t, (void)weight;
    s->v += g * g;
    *w -= 0.1 * g / (sqrt(s->v) + 1e-10);
}

static void adagrad_other(double g, double *w, state *s, int t, bool weight) {
    (void)weight;
    s->v += (t == 1 ? 0.2 : 0) + g * g;
    *w -= 0.3 / (1 + (t - 1) * 0.1) * g / (sqrt(s->v) + 1e-3);
}

static void rmsprop(double g, double *w, state *s, int t, bool weight) {
    (void)t, (void)weight;
    s->v = 0.99 * s->v + 0.01 * g * g;
    *w -= 0.01 * g / (sqrt(s->v) + 1e-8);
}

/* With an eps beside which the rounding of the difference, which cancels, is small. */
static void rmsprop_other(double g, double *w, state *s, int t, bool weight) {
    (void)t, (void)weight;
    s->v = 0.8 * s->v + 0.2 * g * g;
    s->m = 0.8 * s->m + 0.2 * g;
    s->u = 0.7 * s->u + g / (sqrt(s->v - s->m * s->m) + 0.1);
    *w -= 0.003 * s->u;
}

static void adadelta(double g, double *w, state *s, int t, bool weight) {
    (void)t, (void)weight;
    s->v = 0.9 * s->v + 0.1 * g * g;
    double move = -sqrt(s->u + 1e-6) / sqrt(s->v + 1e-6) * g;
    s->u = 0.9 * s->u + 0.1 * move * move;
    *w += move;
}

static void adam(double g, double *w, state *s, int t, bool weight) {
    (void)weight;
    s->m = 0.9 * s->m + 0.1 * g;
    s->v = 0.999 * s->v + 0.001 * g * g;
    *w -= 0.01 * (s->m / (1 - pow(0.9, t))) / (sqrt(s->v / (1 - pow(0.999, t))) + 1e-8);
}

static void adam_other(double g, double *w, state *s, int t, bool weight) {
    (void)weight;
    s->m = 0.5 * s->m + 0.5 * g;
    s->v = 0.9 * s->v + 0.1 * g * g;
    *w -= 0.02 * (s->m / (1 - pow(0.5, t))) / (sqrt(s->v / (1 - pow(0.9, t))) + 1e-3);
}

static void amsgrad(double g, double *w, state *s, int t, bool weight) {
    (void)weight;
    s->m = 0.9 * s->m + 0.1 * g;
    s->v = 0.7 * s->v + 0.3 * g * g;
    s->u = fmax(s->u, s->v);
    *w -= 0.02 * (s->m / (1 - pow(0.9, t))) / (sqrt(s->u / (1 - pow(0.7, t))) + 1e-8);
}

static void adamw(double g, double *w, state *s, int t, bool weight) {
    double before = *w;
    adam(g, w, s, t, weight);
    *w -= weight ? 0.01 * 0.01 * before : 0;
}

static void adamw_all(double g, double *w, state *s, int t, bool weight) {
    double before = *w;
    adam(g, w, s, t, weight);
    *w -= 0.01 * 0.5 * before;
}

/* Dozat's own notation: mu_t, the product of all mu, and both bars. */
static void nadam(double g, double *w, state *s, int t, bool weight) {
    (void)weight;
    double mu = 0.8 * (1 - 0.5 * pow(0.96, t * 0.2)),
           next = 0.8 * (1 - 0.5 * pow(0.96, (t + 1) * 0.2));
    s->u = (t == 1 ? 1 : s->u) * mu;
    s->m = 0.8 * s->m + 0.2 * g;
    s->v = 0.9 * s->v + 0.1 * g * g;
    double g_hat = g / (1 - s->u), m_hat = s->m / (1 - s->u * next),
           v_hat = s->v / (1 - pow(0.9, t));
    *w -= 0.02 * ((1 - mu) * g_hat + next * m_hat) / (sqrt(v_hat) + 1e-8);
}

static double sign(double x) {
    return (x > 0) - (x < 0);
}

static void lion(double g, double *w, state *s, int t, bool weight) {
    (void)t;
    *w -= 0.01 * (sign(0.9 * s->m + 0.1 * g) + (weight ? 0.1 * *w : 0));
    s->m = 0.99 * s->m + 0.01 * g;
}

/* u is the size, m the gradient before. */
static void rprop(double g, double *w, state *s, int t, bool weight) {
    (void)weight;
    s->u = t == 1 ? 0.02 : s->u;
    if (g * s->m > 0)
        s->u = fmin(s->u * 1.3, 0.1);
    if (g * s->m < 0) {
        s->u = fmax(s->u * 0.4, 0.001);
        g = 0;
    }
    *w -= s->u * sign(g);
    s->m = g;
}

static const struct {
    const char *text;
    rule *rule;
} cases[] = {
    {"sgd(lr=0.5)", sgd},
    {"momentum(lr=0.1, momentum=0.8)", momentum},
    {"momentum(lr=0.1, nesterov=true)", nesterov},
    {"nesterov(lr=0.1)", nesterov},
    {"adagrad(lr=0.1)", adagrad},
    {"adagrad(lr=0.3, lr_decay=0.1, initial_accumulator_value=0.2, eps=1e-3)", adagrad_other},
    {"rmsprop", rmsprop},
    {"rmsprop(lr=0.003, alpha=0.8, eps=0.1, momentum=0.7, centered=true)", rmsprop_other},
    {"adadelta", adadelta},
    {"adam(lr=0.01)", adam},
    {"adam(lr=0.02, beta1=0.5, beta2=0.9, eps=1e-3)", adam_other},
    {"amsgrad(lr=0.02, beta2=0.7)", amsgrad},
    {"adamw(lr=0.01)", adamw},
    {"adamw(lr=0.01, weight_decay=0.5, all=true)", adamw_all},
    {"nadam(lr=0.02, beta1=0.8, beta2=0.9, momentum_decay=0.2)", nadam},
    {"lion(lr=0.01, weight_decay=0.1)", lion},
    {"rprop(lr=0.02, eta_minus=0.4, eta_plus=1.3, min=0.001, max=0.1)", rprop},
};
#define CASES (sizeof cases / sizeof *cases)

/* For the blas engine more parameters than one row of the loop, and a rest. */
static il_network *build(const il_optimizer *optimizer, il_engine engine) {
    return random_net(engine == IL_BLAS ? "2-90-1" : "2-5-1", "none", optimizer,
                      engine == IL_BLAS ? 1 : 32, 20);
}

static const il_real X[8] = {0, 0, 0, 1, 1, 0, 1, 1}, Y[4] = {0, 1, 1, 0};

static void train(il_network *net, const il_optimizer *optimizer) {
    il_real loss[32], correct[32];
    il_network_forward(net, 4, X);
    il_network_loss(net, 4, Y, loss, correct);
    il_network_backward(net, 4, X);
    il_optimizer_step(optimizer, net);
}

static bool is_weight(const il_network *net, size_t i) {
    const il_layer *first = il_network_layer(net, 0), *last = il_network_layer(net, 1);
    return i < first->parameters ? i < first->fan_in * first->fan_out
                                 : i - first->parameters < last->fan_in;
}

/* The gradient is the library's (checked elsewhere), so the comparison is of the update alone. */
static void recurrences(void **ignored) {
    (void)ignored;
    for (size_t c = 0; c < CASES; c++)
        for (int engine = 0; engine < 2; engine++) {
            il_optimizer optimizer = random_call(&il_optimizers, cases[c].text);
            il_network *net = build(&optimizer, (il_engine)engine);
            size_t R = il_network_replicas(net), count = il_network_size(net) * R;
            double w[MOST];
            state s[MOST] = {{0}};
            assert_true(count <= MOST);
            for (size_t i = 0; i < count; i++)
                w[i] = (double)il_network_parameters(net)[i];
            for (int t = 1; t <= STEPS; t++) {
                train(net, &optimizer);
                double difference = 0, norm = 0;
                for (size_t i = 0; i < count; i++) {
                    cases[c].rule((double)il_network_gradients(net)[i], &w[i], &s[i], t,
                                  is_weight(net, i / R));
                    double d = w[i] - (double)il_network_parameters(net)[i];
                    difference += d * d;
                    norm += w[i] * w[i];
                }
                double tolerance = sizeof(il_real) == 4 ? 1e-6 : 1e-14;
                if (!(sqrt(difference / norm) < tolerance))
                    fail_msg("%s engine %d step %d: off by %.2e", cases[c].text, engine, t,
                             sqrt(difference / norm));
            }
            il_network_free(net);
        }
}

static void every_optimizer_is_here(void **ignored) {
    (void)ignored;
    for (size_t i = 0; i < il_optimizers.n; i++) {
        bool found = false;
        for (size_t c = 0; c < CASES; c++)
            found |= random_call(&il_optimizers, cases[c].text).desc == il_optimizers.items[i];
        if (!found)
            fail_msg("no recurrence for %s", il_optimizers.items[i]->name);
    }
}

/* A replica that is reset and started again does what a fresh one does, whatever its neighbours'
 * age. */
static void reset_restarts(void **ignored) {
    (void)ignored;
    for (size_t c = 0; c < CASES; c++) {
        il_optimizer optimizer = random_call(&il_optimizers, cases[c].text);
        il_network *late = build(&optimizer, IL_LOCKSTEP), *fresh = build(&optimizer, IL_LOCKSTEP);
        for (int t = 0; t < 37; t++)
            train(late, &optimizer);
        il_real W[10], b[5];
        for (size_t k = 0; k < 2; k++) {
            il_network_get(fresh, k, 4, W, b);
            il_network_put(late, k, 19, W, b);
        }
        il_optimizer_reset(&optimizer, late, 19);
        for (int t = 0; t < 50; t++) {
            train(late, &optimizer);
            train(fresh, &optimizer);
        }
        for (size_t p = 0; p < 21; p++)
            assert_memory_equal(il_network_parameters(late) + p * 32 + 19,
                                il_network_parameters(fresh) + p * 32 + 4, sizeof(il_real));
        il_network_free(late);
        il_network_free(fresh);
    }
}

/* The whole of training against the textbook network: forward, backward and plain descent together.
 */
static void follows_textbook(void **ignored) {
    (void)ignored;
    il_optimizer optimizer = random_call(&il_optimizers, "sgd(lr=0.5)");
    il_network *net = build(&optimizer, IL_LOCKSTEP);
    naive n = {.layers = 2, .width = {2, 5, 1}, .hidden = NAIVE_TANH, .loss = NAIVE_BCE};
    il_real W[10], b[5];
    for (size_t k = 0; k < 2; k++) {
        il_network_get(net, k, 9, W, b);
        for (size_t j = 0; j < n.width[k + 1]; j++) {
            n.b[k][j] = (double)b[j];
            for (size_t p = 0; p < n.width[k]; p++)
                n.W[k][p][j] = (double)W[p * n.width[k + 1] + j];
        }
    }
    double x[8], y[4];
    for (size_t i = 0; i < 8; i++)
        x[i] = (double)X[i];
    for (size_t i = 0; i < 4; i++)
        y[i] = (double)Y[i];
    for (int t = 0; t < 200; t++) {
        train(net, &optimizer);
        naive_pass(&n, 4, x, y);
        for (size_t k = 0; k < 2; k++)
            for (size_t j = 0; j < n.width[k + 1]; j++) {
                n.b[k][j] -= 0.5 * n.gb[k][j];
                for (size_t p = 0; p < n.width[k]; p++)
                    n.W[k][p][j] -= 0.5 * n.gW[k][p][j];
            }
    }
    double tolerance = sizeof(il_real) == 4 ? 3e-5 : 1e-12;
    for (size_t k = 0; k < 2; k++) {
        il_network_get(net, k, 9, W, b);
        for (size_t j = 0; j < n.width[k + 1]; j++) {
            assert_true(fabs((double)b[j] - n.b[k][j]) < tolerance);
            for (size_t p = 0; p < n.width[k]; p++)
                assert_true(fabs((double)W[p * n.width[k + 1] + j] - n.W[k][p][j]) < tolerance);
        }
    }
    il_network_free(net);
}

/* A frozen layer's parameters and its part of the optimizer's memory stay; the others move as if nothing were frozen. */
static void frozen_layers_stay(void **ignored) {
    (void)ignored;
    for (size_t c = 0; c < CASES; c++)
        for (int engine = 0; engine < 2; engine++)
            for (size_t frozen = 0; frozen < 2; frozen++) {
                il_optimizer optimizer = random_call(&il_optimizers, cases[c].text);
                il_network *half = build(&optimizer, (il_engine)engine);
                il_network *whole = build(&optimizer, (il_engine)engine);
                il_network *start = build(&optimizer, (il_engine)engine);
                size_t R = il_network_replicas(half), size = il_network_size(half);
                size_t split = il_network_layer(half, 0)->parameters;
                il_network_freeze(half, frozen, true);
                train(half, &optimizer);
                train(whole, &optimizer);
                for (size_t array = 0; array <= il_optimizer_slots(&optimizer); array++) {
                    il_network *nets[] = {half, whole, start};
                    il_real *x[3];
                    for (size_t i = 0; i < 3; i++)
                        x[i] = array ? il_network_slot(nets[i], array - 1)
                                     : il_network_parameters(nets[i]);
                    const il_real *first = frozen == 0 ? x[2] : x[1];
                    const il_real *second = frozen == 1 ? x[2] : x[1];
                    assert_memory_equal(x[0], first, split * R * sizeof *first);
                    assert_memory_equal(x[0] + split * R, second + split * R,
                                        (size - split) * R * sizeof *second);
                }
                assert_memory_not_equal(il_network_parameters(half), il_network_parameters(start),
                                        size * R * sizeof(il_real));
                il_network_free(half);
                il_network_free(whole);
                il_network_free(start);
            }
}

/* The first move is proportional to the replica's learning rate, and no other replica's affair. */
static void learning_rates_are_replicas_own(void **ignored) {
    (void)ignored;
    double rounding = sizeof(il_real) == 4 ? 2e-7 : 1e-15;
    for (size_t c = 0; c < CASES; c++) {
        il_optimizer optimizer = random_call(&il_optimizers, cases[c].text);
        il_network *start = build(&optimizer, IL_LOCKSTEP), *full = build(&optimizer, IL_LOCKSTEP);
        il_network *part = build(&optimizer, IL_LOCKSTEP);
        il_network_learning_rates(part)[3] *= 0.25;
        train(full, &optimizer);
        train(part, &optimizer);
        for (size_t i = 0; i < 21 * 32; i++) {
            il_real a = il_network_parameters(full)[i], b = il_network_parameters(part)[i];
            double w = (double)il_network_parameters(start)[i];
            double expected = w + ((double)a - w) / 4;
            assert_true(i % 32 == 3 ? fabs((double)b - expected) <= 4 * rounding * (fabs(w) + 1)
                                    : a == b);
            assert_true(i % 32 != 3 || a != b);
        }
        il_network_free(start);
        il_network_free(full);
        il_network_free(part);
    }
}

/* Sixteen parameters without a network. */
typedef struct bare {
    il_real w[16], g[16], slot[IL_MAX_SLOTS][16], rate[IL_MAX_RATES][16];
    double lr[16], lane[4 * 16];
} bare;

/* From 0, so many steps of gradients 0.1, 0.2 … 1.6 that stay, or vanish after the first. */
static void step_bare(const il_optimizer *optimizer, long steps, bool stays, bare *x) {
    const il_optimizer_type *type = (const void *)optimizer->desc;
    il_step step = {.rows = 1, .R = 16, .w = x->w, .g = x->g};
    il_real *rate[IL_MAX_RATES];
    memset(x, 0, sizeof *x);
    for (size_t p = 0; p < IL_MAX_RATES; p++)
        step.rate[p] = rate[p] = x->rate[p];
    for (size_t p = 0; p < IL_MAX_SLOTS; p++)
        step.slot[p] = x->slot[p];
    for (size_t p = 0; p < 4 * 16; p++)
        x->lane[p] = type->lane_start;
    for (size_t r = 0; r < 16; r++) {
        x->lr[r] = optimizer->arg[0];
        x->g[r] = (il_real)(r + 1) / 10;
        for (size_t p = 0; p < type->slots; p++)
            x->slot[p][r] = type->slot_start ? (il_real)type->slot_start(optimizer->arg, p) : 0;
    }
    for (long t = 0; t < steps; t++) {
        type->advance(optimizer->arg, 16, x->lr, x->lane, rate);
        type->step(optimizer->arg, &step);
        if (!stays)
            memset(x->g, 0, sizeof x->g);
    }
}

/* Long after the last gradient no memory is subnormal, where arithmetic is slow. */
static void memory_settles(void **ignored) {
    (void)ignored;
    for (size_t i = 0; i < il_optimizers.n; i++) {
        const il_optimizer_type *type = (const void *)il_optimizers.items[i];
        il_optimizer optimizer = random_call(&il_optimizers, type->desc.name);
        bare x;
        step_bare(&optimizer, sizeof(il_real) == 4 ? 150000 : 900000, false, &x);
        for (size_t p = 0; p < IL_MAX_SLOTS; p++)
            for (size_t r = 0; r < 16; r++)
                assert_true(x.slot[p][r] == 0 || IL_ABS(x.slot[p][r]) >= IL_SMALLEST_NORMAL);
        for (size_t p = 0; p < type->lane_slots * 16; p++)
            assert_true(x.lane[p] == 0 || x.lane[p] > 1e-300);
        for (size_t r = 0; r < 16; r++)
            assert_true(isfinite(x.w[r]));
    }
}

/* Down a constant slope: no variance is negative when all gradients are the same. */
static void constant_slopes(void **ignored) {
    (void)ignored;
    static const char *const texts[] = {"sgd",      "momentum",
                                        "nesterov", "adagrad",
                                        "rmsprop",  "rmsprop(centered=true)",
                                        "adadelta", "adam",
                                        "amsgrad",  "adamw",
                                        "nadam",    "lion",
                                        "rprop",    "rmsprop(alpha=0.7, centered=true)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        il_optimizer optimizer = random_call(&il_optimizers, texts[i]);
        bare x;
        step_bare(&optimizer, 3000, true, &x);
        for (size_t r = 0; r < 16; r++)
            if (!(isfinite(x.w[r]) && x.w[r] < 0))
                fail_msg("%s ends at %g", texts[i], (double)x.w[r]);
    }
}

/* y = 2x - 1 through the points -1.5, -0.5, 0.5, 1.5; the variance of x is 1.25. */
static void train_line(const char *optimizer_text, const char *penalty_text, double *w, double *b) {
    static const il_real x[4] = {(il_real)-1.5, (il_real)-0.5, (il_real)0.5, (il_real)1.5},
                         y[4] = {-4, -2, 0, 2};
    il_error err;
    il_network *net = NULL;
    il_optimizer optimizer = random_call(&il_optimizers, optimizer_text);
    il_call schedule = random_call(&il_schedules, "cosine");
    il_call penalty = random_call(&il_penalties, penalty_text);
    il_network_config config = {.widths = {2, {1, 1}},
                                .hidden = random_call(&il_activations, "linear"),
                                .loss = random_call(&il_losses, "mse"),
                                .engine = IL_LOCKSTEP,
                                .replicas = 16,
                                .batch = 4,
                                .slots = il_optimizer_slots(&optimizer),
                                .lane_slots = il_optimizer_lane_slots(&optimizer)};
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    for (size_t r = 0; r < 16; r++)
        il_optimizer_reset(&optimizer, net, r);
    for (uint64_t t = 0; t < 4000; t++) {
        il_real loss[16], correct[16];
        il_progress at = {.step = t, .epoch_steps = 1, .steps = 4000};
        il_network_forward(net, 4, x);
        il_network_loss(net, 4, y, loss, correct);
        il_network_backward(net, 4, x);
        il_penalty_gradients(&penalty, net);
        for (size_t r = 0; r < 16; r++)
            il_network_learning_rates(net)[r] =
                il_optimizer_rate(&optimizer) * il_schedule_factor(&schedule, &at, NULL);
        il_optimizer_step(&optimizer, net);
    }
    *w = (double)il_network_parameters(net)[0];
    *b = (double)il_network_parameters(net)[16];
    il_network_free(net);
}

static void known_minima(void **ignored) {
    (void)ignored;
    static const char *const texts[] = {
        "sgd(lr=0.1)",
        "momentum(lr=0.01)",
        "momentum(lr=0.01, nesterov=true)",
        "nesterov(lr=0.01)",
        "adagrad(lr=0.5)",
        "rmsprop(lr=0.01)",
        "adadelta(lr=10)",
        "adam(lr=0.01)",
        "amsgrad(lr=0.01)",
        "adamw(lr=0.01, weight_decay=0)",
        "nadam(lr=0.01)",
        "lion(lr=0.01)",
        "rprop",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double w, b;
        train_line(texts[i], "none", &w, &b);
        if (!(fabs(w - 2) < 1e-3 && fabs(b + 1) < 1e-3))
            fail_msg("%s ends at y = %gx + %g", texts[i], w, b);
    }
}

/* The loss is 1.25 (w - 2)^2 + (b + 1)^2. The minima with penalties are those of ridge regression and of soft
 * thresholding, and leave b alone. */
static void penalized_minima(void **ignored) {
    (void)ignored;
    static const struct {
        const char *text;
        double w, b;
    } lines[] = {
        {"l2(0.5)", 2 * 2.5 / (2.5 + 0.5), -1},
        {"l1(0.5)", 2 - 0.5 / 2.5, -1},
        {"l1(6)", 0, -1},
        {"elastic(0.5, 0.25)", (2 * 2.5 - 0.5) / (2.5 + 0.25), -1},
        {"l2(0.5, all=true)", 2 * 2.5 / (2.5 + 0.5), -2 / 2.5},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        double w, b;
        train_line("sgd(lr=0.1)", lines[i].text, &w, &b);
        if (!(fabs(w - lines[i].w) < 1e-3 && fabs(b - lines[i].b) < 1e-3))
            fail_msg("%s ends at y = %gx + %g", lines[i].text, w, b);
    }
}

/* With full batches the trainer takes the very steps that optim.h states. */
static void trainer_takes_these_steps(void **ignored) {
    (void)ignored;
    static const char *const recipes[][4] = {
        {"adamw(lr=0.02)", "cosine(warmup=3)", "norm(0.1)", "l2(0.1)"},
        {"rmsprop(momentum=0.5)", "one_cycle", "value(0.02)", "elastic(0.01, 0.1)"},
        {"momentum(lr=0.1)", "plateau(patience=0)", "none", "weight_decay(0.3)"},
        {"rprop", "step(every=5)", "norm(0.1)", "max_norm(0.7)"},
    };
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        il_error err;
        il_trainer *trainer = NULL;
        il_optimizer optimizer = random_call(&il_optimizers, recipes[i][0]);
        il_call schedule = random_call(&il_schedules, recipes[i][1]);
        il_call clip = random_call(&il_clips, recipes[i][2]);
        il_call penalty = random_call(&il_penalties, recipes[i][3]);
        il_network *net = build(&optimizer, IL_LOCKSTEP);
        il_network_config config = {.widths = {3, {2, 5, 1}},
                                    .hidden = random_call(&il_activations, "tanh"),
                                    .loss = random_call(&il_losses, "bce"),
                                    .engine = IL_LOCKSTEP,
                                    .replicas = 32};
        il_training training = {.optimizer = optimizer,
                                .schedule = schedule,
                                .clip = clip,
                                .penalty = penalty,
                                .epochs = 20};
        il_samples data = {.n = 4, .X = X, .Y = Y};
        assert_int_equal(il_trainer_new(&config, &training, &data, NULL, &trainer, &err), IL_OK);
        memcpy(il_network_parameters(il_trainer_network(trainer)), il_network_parameters(net),
               21 * 32 * sizeof(il_real));
        double memory[32][IL_SCHEDULE_STATE];
        for (size_t r = 0; r < 32; r++) {
            il_trainer_begin(trainer, r, r);
            il_schedule_reset(&schedule, memory[r]);
        }
        for (uint64_t t = 0; t < 20; t++) {
            il_real loss[32], correct[32];
            il_network_forward(net, 4, X);
            il_network_loss(net, 4, Y, loss, correct);
            il_network_backward(net, 4, X);
            il_penalty_gradients(&penalty, net);
            il_clip_gradients(&clip, net);
            for (size_t r = 0; r < 32; r++) {
                il_progress at = {.step = t, .epoch_steps = 1, .steps = 20};
                il_schedule_observe(&schedule, (double)loss[r], memory[r]);
                il_network_learning_rates(net)[r] =
                    il_optimizer_rate(&optimizer) * il_schedule_factor(&schedule, &at, memory[r]);
            }
            il_penalty_decay(&penalty, net);
            il_optimizer_step(&optimizer, net);
            il_penalty_project(&penalty, net);
            il_trainer_evaluate(trainer, &data, loss, correct);
            il_trainer_observe(trainer, loss);
            il_trainer_epoch(trainer, NULL, NULL);
        }
        assert_memory_equal(il_network_parameters(il_trainer_network(trainer)),
                            il_network_parameters(net), 21 * 32 * sizeof(il_real));
        il_trainer_free(trainer);
        il_network_free(net);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recurrences),
        cmocka_unit_test(every_optimizer_is_here),
        cmocka_unit_test(reset_restarts),
        cmocka_unit_test(frozen_layers_stay),
        cmocka_unit_test(learning_rates_are_replicas_own),
        cmocka_unit_test(memory_settles),
        cmocka_unit_test(constant_slopes),
        cmocka_unit_test(follows_textbook),
        cmocka_unit_test(known_minima),
        cmocka_unit_test(penalized_minima),
        cmocka_unit_test(trainer_takes_these_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
