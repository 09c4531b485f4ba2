/* Backpropagation against central differences, in double, for every activation and loss of the
 * families, both engines, and several shapes. Every replica is checked.
 */
#include "cmocka_all.h"

#include "initlab.h"
#include "nn/activation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 5
#define STEP 1e-6

typedef struct problem {
    il_network *net;
    size_t R, size, outputs;
    il_real X[SAMPLES * 8], Y[SAMPLES * 8];
} problem;

static void parse(const il_family *family, const char *text, il_call *call) {
    il_error err;
    if (il_call_parse(family, text, NULL, call, &err) != IL_OK)
        fail_msg("%s", err.message);
}

static void make(problem *p, const char *widths, const il_desc *hidden, const il_desc *loss,
                 il_engine engine) {
    il_error err;
    il_network_config config = {
        .engine = engine, .replicas = engine == IL_BLAS ? 1 : 16, .batch = SAMPLES};
    assert_int_equal(il_widths_parse(widths, NULL, &config.widths, &err), IL_OK);
    parse(&il_activations, hidden->name, &config.hidden);
    parse(&il_losses, loss->name, &config.loss);
    assert_int_equal(il_network_new(&config, &p->net, &err), IL_OK);
    p->R = config.replicas;
    p->size = il_network_size(p->net);
    p->outputs = config.widths.width[config.widths.n - 1];

    il_call weights, bias;
    parse(&il_inits, "normal(std=0.8)", &weights);
    parse(&il_inits, "normal(std=0.3)", &bias);
    for (size_t r = 0; r < p->R; r++)
        assert_int_equal(il_init_network(&weights, &bias, p->net, r, 100 + r, &err), IL_OK);
    il_stream s = il_stream_open(4, IL_PURPOSE_DATA, 0);
    il_stream_normal(&s, SAMPLES * config.widths.width[0], p->X);
    memset(p->Y, 0, sizeof p->Y);
    for (size_t i = 0; i < SAMPLES; i++)
        p->Y[i * p->outputs + i % p->outputs] = p->outputs == 1 ? (il_real)(i % 2) : 1;
}

static void evaluate(problem *p, il_real *loss) {
    il_real correct[16];
    il_network_forward(p->net, SAMPLES, p->X);
    il_network_loss(p->net, SAMPLES, p->Y, loss, correct);
}

/* A pre-activation within reach of the step would put the difference quotient across a kink. */
static void assert_away_from_kinks(const problem *p) {
    for (size_t k = 0; k + 1 < il_network_layers(p->net); k++) {
        const il_layer *y = il_network_layer(p->net, k);
        const il_activation_type *type = il_activation_of(&y->activation);
        for (size_t i = 0; i < SAMPLES * y->fan_out * p->R; i++)
            for (size_t c = 0; c < type->n_kinks; c++)
                assert_true(fabs((double)y->z[i] - type->kink[c]) > 20 * STEP);
    }
}

static void check(const char *widths, const il_desc *hidden, const il_desc *loss,
                  il_engine engine) {
    problem p;
    make(&p, widths, hidden, loss, engine);
    il_real above[16], below[16];
    evaluate(&p, above);
    assert_away_from_kinks(&p);
    il_network_backward(p.net, SAMPLES, p.X);
    size_t n = p.size * p.R;
    il_real *g = malloc(n * sizeof *g), *w = il_network_parameters(p.net);
    assert_non_null(g);
    memcpy(g, il_network_gradients(p.net), n * sizeof *g);

    double error[16] = {0}, norm[16] = {0};
    size_t nonzero = 0;
    for (size_t i = 0; i < p.size; i++) {
        il_real kept[16];
        memcpy(kept, w + i * p.R, p.R * sizeof *w);
        for (size_t r = 0; r < p.R; r++)
            w[i * p.R + r] = kept[r] + (il_real)STEP;
        evaluate(&p, above);
        for (size_t r = 0; r < p.R; r++)
            w[i * p.R + r] = kept[r] - (il_real)STEP;
        evaluate(&p, below);
        memcpy(w + i * p.R, kept, p.R * sizeof *w);
        for (size_t r = 0; r < p.R; r++) {
            double numeric = (double)(above[r] - below[r]) / (2 * STEP),
                   exact = (double)g[i * p.R + r];
            error[r] += (numeric - exact) * (numeric - exact);
            norm[r] += numeric * numeric;
            nonzero += exact != 0;
        }
    }
    for (size_t r = 0; r < p.R; r++) {
        assert_true(sqrt(norm[r]) > 1e-3);
        if (!(sqrt(error[r]) < 1e-7 * sqrt(norm[r])))
            fail_msg("%s %s %s engine %d replica %zu: relative error %.2e", widths, hidden->name,
                     loss->name, (int)engine, r, sqrt(error[r] / norm[r]));
    }
    /* A rectifier may silence some parameters of some replicas, never half of them here. */
    assert_true(nonzero > n / 2);
    free(g);
    il_network_free(p.net);
}

static void every_combination(void **state) {
    (void)state;
    static const char *const shapes[] = {"3-4", "2-8-1", "3-5-2", "4-3-5-3"};
    size_t checked = 0;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (size_t a = 0; a < il_activations.n; a++)
            for (size_t l = 0; l < il_losses.n; l++) {
                if (s == 1 && strcmp(il_losses.items[l]->name, "softmax_ce") == 0)
                    continue; /* needs two outputs */
                check(shapes[s], il_activations.items[a], il_losses.items[l], IL_LOCKSTEP);
                check(shapes[s], il_activations.items[a], il_losses.items[l], IL_BLAS);
                checked++;
            }
    assert_true(checked >= 55);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_combination)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
