/* Clipping of gradients, replica by replica, against its closed forms. */
#include "random_net.h"

#include <math.h>
#include <string.h>

#define MOST (900 * 16 > 46 * 272 ? 900 * 16 : 46 * 272)

/* Lanes beyond one span of columns, and a single replica of more than one span that does not end with it. */
static const struct {
    const char *widths, *norm;
    size_t R;
} shapes[] = {
    {"3-5-4-1", "none", 16},   {"3-4-3-1", "layernorm", 272},
    {"20-30-7-1", "none", 1},  {"9-25-1", "none", 1},
    {"2-1", "none", 1},        {"3-4-3-1", "layernorm", 1},
    {"20-30-7-1", "none", 16},
};
#define SHAPES (sizeof shapes / sizeof *shapes)

static il_real before[MOST];

static il_network *net_with_gradients(size_t shape, int frozen) {
    il_network *net =
        random_net(shapes[shape].widths, shapes[shape].norm, NULL, shapes[shape].R, 3);
    if (frozen >= 0 && (size_t)frozen < il_network_layers(net))
        il_network_freeze(net, (size_t)frozen, true);
    random_gradients(net, 8);
    size_t n = il_network_size(net) * il_network_replicas(net);
    assert_true(n <= MOST);
    memcpy(before, il_network_gradients(net), n * sizeof *before);
    return net;
}

/* Whether parameter i belongs to a frozen layer. */
static bool is_frozen(const il_network *net, size_t i) {
    size_t k = 0;
    while (i >= il_network_layer(net, k)->parameters)
        i -= il_network_layer(net, k++)->parameters;
    return il_network_layer(net, k)->frozen;
}

/* Of one replica's gradient as it was, over what is not frozen. */
static double norm_before(const il_network *net, size_t r) {
    double sum = 0;
    for (size_t i = 0; i < il_network_size(net); i++) {
        double g = (double)before[i * il_network_replicas(net) + r];
        sum += is_frozen(net, i) ? 0 : g * g;
    }
    return sqrt(sum);
}

static void norms(void **state) {
    (void)state;
    double rounding = sizeof(il_real) == 4 ? 3e-7 : 1e-14;
    for (size_t s = 0; s < SHAPES; s++)
        for (int frozen = -1; frozen < 2; frozen++) {
            il_network *net = net_with_gradients(s, frozen);
            size_t R = il_network_replicas(net), clipped = 0;
            double limit = R > 1 ? norm_before(net, 4) : 0.6 * norm_before(net, 0);
            if (limit == 0)
                limit = 1; /* everything is frozen */
            il_call clip = random_call(&il_clips, "norm(1)");
            clip.arg[0] = limit;
            il_clip_gradients(&clip, net);
            for (size_t r = 0; r < R; r++) {
                double norm = norm_before(net, r), factor = fmin(1, limit / (norm + 1e-6));
                clipped += factor < 1;
                for (size_t i = 0; i < il_network_size(net); i++) {
                    double g = (double)before[i * R + r];
                    double expected = is_frozen(net, i) ? g : g * factor;
                    double ours = (double)il_network_gradients(net)[i * R + r];
                    bool same = factor == 1 || is_frozen(net, i);
                    assert_true(same ? ours == expected
                                     : fabs(ours - expected) <= rounding * fabs(expected));
                }
            }
            if (R > 1)
                assert_true(clipped > 0 && clipped < R);
            il_network_free(net);
        }
}

static void values(void **state) {
    (void)state;
    for (size_t s = 0; s < SHAPES; s++)
        for (int frozen = -1; frozen < 2; frozen++) {
            il_network *net = net_with_gradients(s, frozen);
            size_t R = il_network_replicas(net), changed = 0;
            il_real limit = (il_real)0.0625;
            il_call clip = random_call(&il_clips, "value(limit=0.0625)");
            il_clip_gradients(&clip, net);
            for (size_t i = 0; i < il_network_size(net) * R; i++) {
                il_real g = before[i], ours = il_network_gradients(net)[i];
                bool small = is_frozen(net, i / R) || (g <= limit && g >= -limit);
                assert_true(ours == (small ? g : g > 0 ? limit : -limit));
                changed += ours != g;
            }
            if (R > 1)
                assert_true(changed > 0 && changed < il_network_size(net) * R);
            il_network_free(net);
        }
}

/* One replica's NaN or infinity is not hidden, and is no other's affair. */
static void not_finite(void **state) {
    (void)state;
    static const char *const texts[] = {"norm(0.01)", "value(0.01)"};
    static il_real clean[MOST];
    for (size_t c = 0; c < 2; c++)
        for (int kind = 0; kind < 2; kind++) {
            il_call clip = random_call(&il_clips, texts[c]);
            il_network *net = net_with_gradients(1, -1);
            size_t R = il_network_replicas(net), n = il_network_size(net) * R;
            il_clip_gradients(&clip, net);
            memcpy(clean, il_network_gradients(net), n * sizeof *clean);
            il_network_free(net);
            net = net_with_gradients(1, -1);
            il_network_layer(net, 1)->gW[7] = kind ? (il_real)NAN : (il_real)INFINITY;
            il_clip_gradients(&clip, net);
            for (size_t i = 0; i < n; i++)
                if (i % R != 7)
                    assert_true(il_network_gradients(net)[i] == clean[i]);
            il_real after = il_network_layer(net, 1)->gW[7];
            if (kind || c == 0)
                assert_true(isnan(after));
            else
                assert_true(after == (il_real)0.01);
            il_network_free(net);
        }
}

/* A replica's result does not depend on R or the lane. */
static void lanes(void **state) {
    (void)state;
    static const char *const texts[] = {"norm(0.3)", "value(0.05)"};
    for (size_t c = 0; c < 2; c++) {
        il_call clip = random_call(&il_clips, texts[c]);
        il_network *many = random_net("3-4-3-1", "none", NULL, 272, 5);
        il_network *few = random_net("3-4-3-1", "none", NULL, 16, 5 + 250);
        random_gradients(many, 2);
        random_gradients(few, 2);
        il_clip_gradients(&clip, many);
        il_clip_gradients(&clip, few);
        for (size_t r = 0; r < 16; r++)
            for (size_t i = 0; i < il_network_size(few); i++)
                assert_memory_equal(&il_network_gradients(few)[i * 16 + r],
                                    &il_network_gradients(many)[i * 272 + 250 + r],
                                    sizeof(il_real));
        il_network_free(many);
        il_network_free(few);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms),
        cmocka_unit_test(values),
        cmocka_unit_test(not_finite),
        cmocka_unit_test(lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
