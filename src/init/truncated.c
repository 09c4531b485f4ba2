/* The truncated normal by its quantile function: every uniform gives one draw, so the law is exact and
 * draws stay aligned between schemes. In torch and Keras the std of a truncated normal is that of the
 * normal before it is cut; here it is the result's.
 */
#include "init/truncated.h"

#include "base/elementary.h"
#include "init/scheme.h"

/* z = sqrt(2) erfinv(C u) with C = erf(sqrt 2), the chance of a normal within 2 standard deviations. z/u is
 * nearly straight in w = -log(1 - C² u²), whose argument is a sum of positive parts: no digit cancels, and
 * neighbouring uniforms stay in order. The coefficients come from tests/golden/truncated_minimax.py. */
IL_INLINE float truncated_quantile(float u) {
    const float rest = 0x1.6c4222p-4f + 0x1.d277bcp-1f * ((1.0f - u) * (1.0f + u));
    const float w = -il_log_normalf(rest);
    const float P =
        0x1.fe9476p-7f + w * (-0x1.9a086ap-9f +
                              w * (-0x1.aea8dp-13f + w * (0x1.6a3a44p-14f + w * -0x1.956806p-18f)));
    return u * (0x1.323feep+0f + w * (0x1.40b482p-2f + w * P));
}

IL_CLONES static void truncated_quantiles(size_t n, il_real mean, il_real scale, il_real *z) {
    for (size_t i = 0; i < n; i++)
        z[i] = mean + scale * (il_real)truncated_quantile((float)z[i]);
}

/* Draws that stay in the first cache: whole blocks of four, so that no word is skipped. */
#define CHUNK 4096

void il_draw_truncated(il_stream *stream, size_t n, double mean, double scale, il_real *out) {
    for (size_t done = 0; done < n; done += CHUNK) {
        size_t some = n - done < CHUNK ? n - done : CHUNK;
        il_stream_uniform(stream, some, out + done);
        truncated_quantiles(some, (il_real)mean, (il_real)scale, out + done);
    }
}

static il_status truncated_normal(il_init_job *job, il_real *out) {
    double mean = job->init->arg[0], std = job->init->arg[1] / IL_TRUNCATED_STD;
    il_draw_truncated(&job->stream, job->n, mean, std, out);
    return IL_OK;
}

static il_init_law law(const il_call *init, const il_init_layer *layer) {
    (void)layer;
    return (il_init_law){init->arg[0], init->arg[1], il_density_truncated};
}

const il_init_type il_init_truncated_normal = {
    .desc = {.name = "truncated_normal",
             .formula =
                 "W ~ N(mean, s^2) cut at mean +- 2 s, s = std/0.8796, so that std is the result's",
             .params = {{.name = "mean", .doc = "mean", .min = -1e6, .max = 1e6},
                        {.name = "std",
                         .doc = "standard deviation of the result, not of the normal that is cut",
                         .initial = __builtin_nan(""),
                         .min = 0,
                         .max = 1e6}},
             .n_params = 2},
    .family = "random",
    .note = "Keras' TruncatedNormal and torch's trunc_normal_ take the std of the "
            "normal before it is cut: their weights have 0.8796 of it. torch cuts "
            "at the values a and b, by default -2 and 2, not at multiples of std.",
    .weights = truncated_normal,
    .bias = truncated_normal,
    .law = law,
};
