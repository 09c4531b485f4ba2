/* Every optimizer against its published recurrence, written here in double on a network's own
 * gradients, and against minima that are known.
 */
#include "cmocka_all.h"
#include "naive.h"

#include "initlab.h"

#define STEPS 60

typedef struct state {
    double m, v;
} state;

static void sgd(double g, double *w, state *s, int t) {
    (void)s, (void)t;
    *w -= 0.5 * g;
}

static void momentum(double g, double *w, state *s, int t) {
    (void)t;
    s->v = 0.8 * s->v + g;
    *w -= 0.1 * s->v;
}

static void nesterov(double g, double *w, state *s, int t) {
    (void)t;
    s->v = 0.9 * s->v + g;
    *w -= 0.1 * (g + 0.9 * s->v);
}

static void adam(double g, double *w, state *s, int t) {
    s->m = 0.9 * s->m + 0.1 * g;
    s->v = 0.999 * s->v + 0.001 * g * g;
    *w -= 0.01 * (s->m / (1 - pow(0.9, t))) / (sqrt(s->v / (1 - pow(0.999, t))) + 1e-8);
}

static void adam_other(double g, double *w, state *s, int t) {
    s->m = 0.5 * s->m + 0.5 * g;
    s->v = 0.9 * s->v + 0.1 * g * g;
    *w -= 0.02 * (s->m / (1 - pow(0.5, t))) / (sqrt(s->v / (1 - pow(0.9, t))) + 1e-3);
}

static const struct {
    const char *text;
    void (*rule)(double g, double *w, state *s, int t);
} cases[] = {
    {"sgd(lr=0.5)", sgd},
    {"momentum(lr=0.1, momentum=0.8)", momentum},
    {"momentum(lr=0.1, nesterov=true)", nesterov},
    {"adam(lr=0.01)", adam},
    {"adam(lr=0.02, beta1=0.5, beta2=0.9, eps=1e-3)", adam_other},
};

static il_network *build(const il_optimizer *optimizer, il_engine engine) {
    il_error err;
    il_network *net = NULL;
    il_call weights, bias;
    il_network_config config = {.engine = engine,
                                .replicas = engine == IL_BLAS ? 1 : 32,
                                .batch = 4,
                                .slots = il_optimizer_slots(optimizer),
                                .lane_slots = il_optimizer_lane_slots(optimizer)};
    assert_int_equal(il_widths_parse("2-5-1", NULL, &config.widths, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_activations, "tanh", NULL, &config.hidden, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_losses, "bce", NULL, &config.loss, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_inits, "normal(std=0.7)", NULL, &weights, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_inits, "normal(std=0.2)", NULL, &bias, &err), IL_OK);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    for (size_t r = 0; r < config.replicas; r++) {
        il_optimizer_reset(optimizer, net, r);
        assert_int_equal(il_init_network(&weights, &bias, net, r, 20 + r, &err), IL_OK);
    }
    return net;
}

static const il_real X[8] = {0, 0, 0, 1, 1, 0, 1, 1}, Y[4] = {0, 1, 1, 0};

static void train(il_network *net, const il_optimizer *optimizer) {
    il_real loss[32], correct[32];
    il_network_forward(net, 4, X);
    il_network_loss(net, 4, Y, loss, correct);
    il_network_backward(net, 4, X);
    il_optimizer_step(optimizer, net);
}

/* The gradient is the library's (checked elsewhere), so the comparison is of the update alone. */
static void recurrences(void **ignored) {
    (void)ignored;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int engine = 0; engine < 2; engine++) {
            il_error err;
            il_optimizer optimizer;
            assert_int_equal(il_optimizer_parse(cases[c].text, &optimizer, &err), IL_OK);
            il_network *net = build(&optimizer, (il_engine)engine);
            size_t n = il_network_size(net), R = il_network_replicas(net), count = n * R;
            double w[21 * 32];
            state s[21 * 32] = {{0, 0}};
            assert_int_equal(n, 21);
            for (size_t i = 0; i < count; i++)
                w[i] = (double)il_network_parameters(net)[i];
            for (int t = 1; t <= STEPS; t++) {
                train(net, &optimizer);
                double difference = 0, norm = 0;
                for (size_t i = 0; i < count; i++) {
                    cases[c].rule((double)il_network_gradients(net)[i], &w[i], &s[i], t);
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

/* A replica that is reset and started again does what a fresh one does, whatever its neighbours'
 * age. */
static void reset_restarts(void **ignored) {
    (void)ignored;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        il_error err;
        il_optimizer optimizer;
        assert_int_equal(il_optimizer_parse(cases[c].text, &optimizer, &err), IL_OK);
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
    il_error err;
    il_optimizer optimizer;
    assert_int_equal(il_optimizer_parse("sgd(lr=0.5)", &optimizer, &err), IL_OK);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recurrences),
        cmocka_unit_test(reset_restarts),
        cmocka_unit_test(follows_textbook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
