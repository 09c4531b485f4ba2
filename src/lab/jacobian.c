/* The input-output Jacobian of one sample: each output's unit delta, passed back, is a row. */
#include "lab/probe.h"

#include "linalg/svd.h"

#include <math.h>
#include <stdlib.h>

/* The same sample in every row, and the identity as deltas at the output. */
static void pass_units(il_network *net, size_t inputs, size_t outputs, const il_real *x,
                       il_real *X) {
    size_t layers = il_network_layers(net), R = il_network_replicas(net);
    for (size_t i = 0; i < outputs; i++)
        for (size_t j = 0; j < inputs; j++)
            X[i * inputs + j] = x[j];
    il_network_forward(net, outputs, X);
    il_real *delta = il_network_layer(net, layers - 1)->delta;
    for (size_t i = 0; i < outputs; i++)
        for (size_t j = 0; j < outputs; j++)
            for (size_t r = 0; r < R; r++)
                delta[(i * outputs + j) * R + r] = i == j;
    il_network_backward(net, outputs, X);
}

/* Row i: the first layer's deltas of row i times its weights, transposed. */
static void multiply_first(const il_network *net, size_t r, size_t outputs, il_real *J) {
    const il_layer *y = il_network_layer(net, 0);
    size_t R = il_network_replicas(net), units = y->fan_out;
    for (size_t i = 0; i < outputs; i++)
        for (size_t j = 0; j < y->fan_in; j++) {
            double sum = 0;
            for (size_t h = 0; h < units; h++)
                sum += (double)y->delta[(i * units + h) * R + r] *
                       (double)y->W[(j * units + h) * R + r];
            J[i * y->fan_in + j] = (il_real)sum;
        }
}

il_status il_probe_jacobian(il_network *net, size_t replica, const il_real *x,
                            il_probe_spectrum *out, il_error *err) {
    size_t inputs = il_network_layer(net, 0)->fan_in;
    size_t outputs = il_network_layer(net, il_network_layers(net) - 1)->fan_out;
    size_t n = inputs * outputs, fewest = inputs < outputs ? inputs : outputs;
    il_real *X = calloc(n, 2 * sizeof *X), *J = X + n;
    if (!X)
        return il_fail(err, IL_NO_MEMORY, "no memory for a Jacobian of %zux%zu", outputs, inputs);
    pass_units(net, inputs, outputs, x, X);
    multiply_first(net, replica, outputs, J);
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += (double)J[i] * (double)J[i];
    il_singular_range range = {(double)NAN, (double)NAN};
    il_status status =
        isfinite(square) ? il_singular_values(J, outputs, inputs, &range, err) : IL_OK;
    *out = (il_probe_spectrum){
        .largest = range.largest, .smallest = range.smallest, .rms = sqrt(square / (double)fewest)};
    free(X);
    return status;
}
