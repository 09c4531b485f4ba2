/* Weights as PyTorch writes them: read, evaluated, written again to the bit; and what is refused. */
#include "cmocka_all.h"

#include "golden/weights.h"
#include "initlab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/initlab-weights-XXXXXX", path[64];

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/w.safetensors", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void put_file(const unsigned char *bytes, size_t n) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static il_call call(const il_family *family, const char *text) {
    il_call out;
    il_error err;
    if (il_call_parse(family, text, NULL, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

static il_network *build(const char *widths, const char *hidden, const char *norm,
                         const char *dropout, il_engine engine) {
    il_network *net = NULL;
    il_error err;
    il_network_config config = {.hidden = call(&il_activations, hidden),
                                .loss = call(&il_losses, "softmax_ce"),
                                .norm = call(&il_norms, norm),
                                .dropout = call(&il_dropouts, dropout),
                                .engine = engine,
                                .replicas = engine == IL_BLAS ? 1 : 16,
                                .batch = 4};
    if (il_widths_parse(widths, NULL, &config.widths, &err) != IL_OK ||
        il_network_new(&config, &net, &err) != IL_OK)
        fail_msg("%s", err.message);
    return net;
}

static il_status load(il_network *net, size_t replica, const char *more, il_error *err) {
    char text[200];
    snprintf(text, sizeof text, "pretrained(path=%s%s)", path, more);
    const il_call init = call(&il_inits, text);
    return il_init_network(&init, NULL, net, replica, 5, err);
}

/* PyTorch's logits, from PyTorch's file. */
static void reads_what_pytorch_writes(void **state) {
    (void)state;
    il_real X[12];
    for (size_t i = 0; i < 12; i++)
        X[i] = (il_real)golden_input[i];
    for (size_t c = 0; c < sizeof golden / sizeof *golden; c++)
        for (int engine = 0; engine < 2; engine++) {
            size_t replica = engine == IL_BLAS ? 0 : 7, R = engine == IL_BLAS ? 1 : 16;
            il_error err;
            il_network *net = build(golden[c].widths, golden[c].hidden, golden[c].norm,
                                    golden[c].dropout, (il_engine)engine);
            put_file(golden[c].file, golden[c].size);
            if (load(net, replica, "", &err) != IL_OK)
                fail_msg("%s: %s", golden[c].name, err.message);
            const il_real *z = il_network_forward(net, 4, X);
            for (size_t i = 0; i < 8; i++)
                if (!(fabs((double)z[i * R + replica] - golden[c].logits[i]) < 2e-6))
                    fail_msg("%s: logit %zu is %.9g, not %.9g", golden[c].name, i,
                             (double)z[i * R + replica], golden[c].logits[i]);
            il_network_free(net);
        }
}

static bool is_counter(const il_tensor *t) {
    const char *end = strstr(t->name, "num_batches_tracked");
    return end != NULL;
}

/* The same tensors under the same names, with the same shapes and values. */
static void writes_what_pytorch_writes(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof golden / sizeof *golden; c++) {
        il_error err;
        il_tensors *theirs = NULL, *ours = NULL;
        il_network *net = build(golden[c].widths, golden[c].hidden, golden[c].norm,
                                golden[c].dropout, IL_LOCKSTEP);
        size_t shared = 0;
        put_file(golden[c].file, golden[c].size);
        assert_int_equal(load(net, 3, "", &err), IL_OK);
        assert_int_equal(il_tensors_read(path, 1 << 20, &theirs, &err), IL_OK);
        assert_int_equal(il_tensors_new(&ours, &err), IL_OK);
        assert_int_equal(il_weights_put(net, 3, ours, &err), IL_OK);
        for (size_t i = 0; i < theirs->n; i++) {
            const il_tensor *t = &theirs->tensor[i];
            if (is_counter(t))
                continue;
            const il_tensor *mine = il_tensors_find(ours, t->name);
            assert_non_null(mine);
            assert_int_equal(mine->n_dims, t->n_dims);
            assert_memory_equal(mine->shape, t->shape, t->n_dims * sizeof *t->shape);
            for (size_t k = 0; k < t->count; k++)
                assert_true(il_tensor_at(mine, k) == il_tensor_at(t, k));
            shared++;
        }
        assert_int_equal(shared, ours->n);
        il_tensors_free(theirs);
        il_tensors_free(ours);
        il_network_free(net);
    }
}

static void refused(const char *widths, const char *norm, const char *more, const char *message) {
    il_error err = {.message = ""};
    il_network *net = build(widths, "relu", norm, "none", IL_BLAS);
    assert_int_equal(load(net, 0, more, &err), IL_INVALID);
    if (!strstr(err.message, message))
        fail_msg("%s\nlacks\n%s", err.message, message);
    il_network_free(net);
}

static void misfits(void **state) {
    (void)state;
    put_file(golden[0].file, golden[0].size);
    refused("3-6-2", "none", "",
            "tensor '0.weight' is [5, 3], but layer 1 of the network takes [6, 3]");
    refused("3-5-4", "none", "",
            "tensor '2.weight' is [2, 5], but layer 2 of the network takes [4, 5]");
    refused("3-5-2-2", "none", "", "there are 2 layers, none for layer 3 of the network");
    refused("3-5-2", "batchnorm", "", "layer 1 has no norm in the file, but one in the network");
    refused("3-5-2", "none", ", layers=1-3", "pretrained: layers=\"1-3\": 1-3 is outside 1-2");
    refused("3-5-2", "none", ", freeze=x", "pretrained: freeze=\"x\": 'x' is no number or range");
    put_file(golden[4].file, golden[4].size);
    refused("3-5-4-2", "none", "", "layer 1 has a norm in the file, but none in the network");
    refused("3-5-4-2", "layernorm", "",
            "layer 1 has a running mean in the file, but none in the network");
    unlink(path);
    il_error err;
    il_network *net = build("3-5-2", "relu", "none", "none", IL_BLAS);
    assert_int_equal(load(net, 0, "", &err), IL_IO);
    assert_non_null(strstr(err.message, path));
    il_network_free(net);
}

/* A set of one odd tensor beside a matrix. */
static void assert_odd(const char *name, size_t n_dims, double value, const char *message) {
    il_error err = {.message = ""};
    il_tensors *set = NULL;
    void *data;
    il_stored stored;
    const size_t shape[3] = {2, 2, 2};
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    assert_int_equal(il_tensors_add(set, "0.weight", IL_DTYPE_F32, 2, shape, NULL, &err), IL_OK);
    assert_int_equal(il_tensors_add(set, name, IL_DTYPE_F64, n_dims, shape, &data, &err), IL_OK);
    *(double *)data = value;
    assert_int_equal(il_weights_read(set, &stored, &err), IL_INVALID);
    if (!strstr(err.message, message))
        fail_msg("%s\nlacks\n%s", err.message, message);
    il_tensors_free(set);
}

static void no_network(void **state) {
    (void)state;
    il_error err;
    il_tensors *set = NULL;
    il_stored stored;
    assert_odd("1.weight", 3, 0, "tensor '1.weight' is neither a matrix nor a vector");
    assert_odd("1.scale", 1, 0, "tensor '1.scale' is none of a multilayer perceptron's");
    assert_odd("1.bias", 1, 0, "tensor '1.bias' stands without a weight of the same name");
    assert_odd("-1.weight", 1, 0, "tensor '-1.weight' comes before the first layer's matrix");
    assert_odd("1.weight", 2, (double)NAN, "1.weight");
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    assert_int_equal(il_weights_read(set, &stored, &err), IL_INVALID);
    assert_string_equal(err.message, "no layer: a network's file has a matrix for each");
    il_tensors_free(set);
}

static void layer_values(const il_network *net, size_t k, double *sum) {
    const il_layer *y = il_network_layer(net, k);
    *sum = 0;
    for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
        *sum += (double)y->W[i] * (double)(i + 1);
}

/* A new head on old layers that do not move. */
static void transfer(void **state) {
    (void)state;
    il_error err;
    double old[3], new[3], base[3];
    il_network *whole = build("3-5-4-2", "relu", "batchnorm(after=true)", "none", IL_BLAS),
               *net = build("3-5-4-7", "relu", "batchnorm(after=true)", "none", IL_BLAS),
               *fresh = build("3-5-4-7", "relu", "batchnorm(after=true)", "none", IL_BLAS);
    put_file(golden[4].file, golden[4].size);
    assert_int_equal(load(whole, 0, "", &err), IL_OK);
    assert_int_equal(load(net, 0, ", layers=1-2, freeze=1, base=xavier_uniform", &err), IL_OK);
    const il_call init = call(&il_inits, "xavier_uniform");
    assert_int_equal(il_init_network(&init, NULL, fresh, 0, 5, &err), IL_OK);
    for (size_t k = 0; k < 3; k++) {
        layer_values(whole, k, &old[k]);
        layer_values(net, k, &new[k]);
        layer_values(fresh, k, &base[k]);
    }
    assert_true(new[0] == old[0] && new[1] == old[1]);
    assert_true(new[2] == base[2]); /* from the layer's own stream */
    assert_true(il_network_layer(net, 0)->frozen && !il_network_layer(net, 1)->frozen &&
                !il_network_layer(net, 2)->frozen);
    const il_optimizer sgd = call(&il_optimizers, "sgd(lr=0.5)");
    const il_real X[6] = {1, 2, 3, -1, 2, 1};
    il_real Y[14] = {0}, loss, correct;
    Y[3] = Y[11] = 1;
    il_optimizer_reset(&sgd, net, 0);
    il_network_forward(net, 2, X);
    il_network_loss(net, 2, Y, &loss, &correct);
    il_network_backward(net, 2, X);
    il_optimizer_step(&sgd, net);
    for (size_t k = 0; k < 3; k++) {
        layer_values(net, k, &base[k]);
        assert_true((base[k] == new[k]) == (k == 0));
    }
    il_network_free(whole);
    il_network_free(net);
    il_network_free(fresh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_pytorch_writes),
        cmocka_unit_test(writes_what_pytorch_writes),
        cmocka_unit_test(misfits),
        cmocka_unit_test(no_network),
        cmocka_unit_test(transfer),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
