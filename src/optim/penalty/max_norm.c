/* Squares are summed in double, input after input. With `all` each bias counts as a unit with one input. */
#include "optim/penalty.h"

#include "base/clones.h"
#include "optim/columns.h"

#include <string.h>

/* At most IL_SPAN columns of w [fan_in][stride]: the incoming weights of a unit in a replica stand in one column. */
IL_CLONES static void max_norm_columns(size_t fan_in, size_t stride, size_t n, double limit,
                                       il_real *restrict w) {
    double sum[IL_SPAN];
    il_real factor[IL_SPAN];
    memset(sum, 0, n * sizeof *sum);
    for (size_t i = 0; i < fan_in; i++)
        for (size_t c = 0; c < n; c++) {
            double x = (double)w[i * stride + c];
            sum[c] += x * x;
        }
    for (size_t c = 0; c < n; c++) {
        double norm = __builtin_sqrt(sum[c]);
        factor[c] = norm > limit ? (il_real)(limit / norm) : 1;
    }
    for (size_t i = 0; i < fan_in; i++)
        for (size_t c = 0; c < n; c++)
            w[i * stride + c] *= factor[c];
}

static void project(const double *arg, const il_penalized *x) {
    size_t columns = x->fan_out * x->R;
    for (size_t first = 0; first < columns; first += IL_SPAN) {
        size_t n = columns - first < IL_SPAN ? columns - first : IL_SPAN;
        max_norm_columns(x->fan_in, columns, n, arg[0], x->w + first);
    }
}

const il_penalty_type il_penalty_max_norm = {
    .desc = {.name = "max_norm",
             .formula = "after each step the incoming weights w of a unit become "
                        "w*min(1, limit/|w|)",
             .source = "Srebro & Shraibman 2005; Srivastava et al. 2014, section 5.1",
             .params = {{.name = "limit",
                         .doc = "largest norm of a unit's incoming weights",
                         .initial = (double)NAN,
                         .min = 1e-30,
                         .max = 1e30,
                         .bare = true},
                        IL_PARAM_ALL},
             .n_params = 2},
    .all = 1,
    .project = project,
};
