/* How features are scaled. Statistics come from the samples that train alone, sums in double and in their order. */
#include "data/source.h"

static const il_scaling_type none = {
    .desc = {.name = "none",
             .formula = "features as they are; pixels from 0 to white, which is 255 (digits: 16)"}};

static void set_pixels(il_dataset *data, double scale, double offset) {
    data->scale = (il_real)scale;
    data->offset = (il_real)offset;
}

static void apply(il_dataset *data, size_t j, double scale, double offset) {
    for (size_t i = 0; i < data->n; i++) {
        il_real *x = &data->X[i * data->inputs + j];
        *x = (il_real)((double)*x * scale + offset);
    }
}

typedef struct moments {
    double mean, variance;
} moments;

/* Pixels have one mean and one deviation. */
static moments moments_of_pixels(const il_dataset *data) {
    size_t n = data->part[IL_TRAIN] * data->inputs;
    uint64_t sum = 0, squares = 0; /* exact: at most 2^28 values below 2^16 */
    for (size_t i = 0; i < n; i++) {
        uint64_t v = data->pixels[i];
        sum += v;
        squares += v * v;
    }
    double mean = (double)sum / (double)n;
    return (moments){mean, (double)squares / (double)n - mean * mean};
}

/* Numbers have a mean and a deviation for each feature. */
static moments moments_of_feature(const il_dataset *data, size_t j) {
    size_t n = data->part[IL_TRAIN];
    moments m = {0, 0};
    for (size_t i = 0; i < n; i++)
        m.mean += (double)data->X[i * data->inputs + j];
    m.mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = (double)data->X[i * data->inputs + j] - m.mean;
        m.variance += d * d;
    }
    m.variance /= (double)n;
    return m;
}

/* What never changes, such as a picture of one shade, is only moved. */
static double reciprocal_deviation(moments m) {
    return m.variance > 0 ? 1 / __builtin_sqrt(m.variance) : 1;
}

static void standardize(il_dataset *data) {
    if (data->pixels) {
        moments m = moments_of_pixels(data);
        set_pixels(data, reciprocal_deviation(m), -m.mean * reciprocal_deviation(m));
        return;
    }
    for (size_t j = 0; j < data->inputs; j++) {
        moments m = moments_of_feature(data, j);
        apply(data, j, reciprocal_deviation(m), -m.mean * reciprocal_deviation(m));
    }
}

static void center(il_dataset *data) {
    if (data->pixels)
        set_pixels(data, 1.0 / data->white, -moments_of_pixels(data).mean / data->white);
    else
        for (size_t j = 0; j < data->inputs; j++)
            apply(data, j, 1, -moments_of_feature(data, j).mean);
}

static void scale01_feature(il_dataset *data, size_t j) {
    double low = (double)data->X[j], high = low;
    for (size_t i = 1; i < data->part[IL_TRAIN]; i++) {
        double x = (double)data->X[i * data->inputs + j];
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    double scale = high > low ? 1 / (high - low) : 1;
    apply(data, j, scale, -low * scale);
}

static void scale01(il_dataset *data) {
    if (data->pixels)
        set_pixels(data, 1.0 / data->white, 0);
    else
        for (size_t j = 0; j < data->inputs; j++)
            scale01_feature(data, j);
}

static void automatic(il_dataset *data) {
    if (data->pixels)
        center(data);
}

const il_scaling_type il_scaling_auto = {
    .desc = {.name = "auto", .formula = "pixels as center has them, numbers as they are"},
    .scale = automatic,
};
const il_scaling_type il_scaling_center = {
    .desc = {.name = "center",
             .aliases = "centre",
             .formula = "training mean 0: pixels/white less the mean of all, every other feature "
                        "less its own"},
    .scale = center,
};
const il_scaling_type il_scaling_scale01 = {
    .desc = {.name = "scale01",
             .formula = "pixels/white; every other feature's training range becomes 0 to 1"},
    .scale = scale01,
};
const il_scaling_type il_scaling_standardize = {
    .desc = {.name = "standardize",
             .formula = "training mean 0 and variance 1: of all pixels together, of every other "
                        "feature for itself"},
    .scale = standardize,
};

static const il_desc *const items[] = {
    &il_scaling_auto.desc,        &none.desc, &il_scaling_center.desc, &il_scaling_scale01.desc,
    &il_scaling_standardize.desc,
};

const il_family il_scalings = {
    .kind = "scaling", .items = items, .n = sizeof items / sizeof *items};
