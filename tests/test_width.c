/* One layer of finite width, with biases and dropout, against draws of it: for every activation. */
#include "call.h"

#include "initlab.h"
#include "nn/activation.h"

#include <math.h>

enum { WIDTH = 12, DRAWS = 20000 };

/* The mean over WIDTH inputs of what dropout leaves of φ(u)², whose weights are drawn: the length of the next layer given this
 * one. Its mean and variance over draws, in standard errors: 17 activations x 2 dropouts x 2 moments within 6 of them fail once in
 * 10^7; the variance's standard error is from the draws' own fourth moment. */
static void every_activation(void **state) {
    (void)state;
    const double q = 0.7, sigma_w2 = 1.3, sigma_b2 = 0.2;
    for (size_t i = 0; i < il_activations.n; i++)
        for (int dropout = 0; dropout < 2; dropout++) {
            il_error err;
            il_length next;
            static double length[DRAWS];
            il_real u[WIDTH], mask[WIDTH];
            const char *name = il_activations.items[i]->name;
            il_call call = parse_call(&il_activations, name);
            const il_activation_type *type = il_activation_of(&call);
            const double p = dropout ? 0.25 : 0;
            const il_random_layer layer = {call, sigma_w2, sigma_b2, p};
            il_stream values = il_stream_open(7, IL_PURPOSE_DATA, 0);
            il_stream masks = il_stream_open(7, IL_PURPOSE_DATA, 1); /* uniform on (-1, 1) */
            double mean = 0, square = 0, fourth = 0;
            for (size_t d = 0; d < DRAWS; d++) {
                double sum = 0;
                il_stream_normal(&values, WIDTH, u);
                il_stream_uniform(&masks, WIDTH, mask);
                for (size_t k = 0; k < WIDTH; k++) {
                    double a = type->value(call.arg, sqrt(q) * (double)u[k]);
                    sum += (double)mask[k] < 2 * p - 1 ? 0 : a * a / ((1 - p) * (1 - p));
                }
                length[d] = sigma_w2 * sum / WIDTH + sigma_b2;
                mean += length[d] / DRAWS;
            }
            for (size_t d = 0; d < DRAWS; d++) {
                double x = (length[d] - mean) * (length[d] - mean);
                square += x / DRAWS;
                fourth += x * x / DRAWS;
            }
            assert_int_equal(il_length_step(&layer, WIDTH, &(il_length){q, 0}, &next, &err), IL_OK);
            if (!(fabs(next.mean - mean) <= 6 * sqrt(square / DRAWS)))
                fail_msg("%s, dropout %g: mean %g, drawn %g", name, p, next.mean, mean);
            if (!(fabs(next.variance - square) <= 6 * sqrt((fourth - square * square) / DRAWS)))
                fail_msg("%s, dropout %g: variance %g, drawn %g", name, p, next.variance, square);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_activation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
