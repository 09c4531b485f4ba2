#include "theory/quadrature.h"

#include "base/elementary.h"

/* The pair of rules with 7 and 15 points on [-1, 1] (Piessens et al., QUADPACK, 1983, routine QK15): points
 * above 0 and 0 itself; those of odd index are also Gauss's. */
static const double POINT[8] = {
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144838258730, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0,
};
static const double KRONROD[8] = {
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
};
static const double GAUSS[4] = {
    0.129484966168869693270611432679082,
    0.279705391489276667901467771423780,
    0.381830050505118944950369775488975,
    0.417959183673469387755102040816327,
};

/* The density at 12 is 1e-32, which no function that grows like a power makes visible. */
#define END 12.0
#define WIDEST 1.5

const il_precision il_fine = {.tolerance = 1e-10, .negligible = 1e-15, .deepest = 24};

#define INV_SQRT_2PI 0.398942280401432677939946059934381868

double il_gaussian_density(double z) {
    return INV_SQRT_2PI * il_exp(-0.5 * z * z);
}

/* A NaN is not worth halving. */
static void add_panel(il_integral *in, double a, double b, int depth) {
    double middle = 0.5 * (a + b), half = 0.5 * (b - a), f[IL_INTEGRANDS];
    double fine[IL_INTEGRANDS] = {0}, coarse[IL_INTEGRANDS] = {0}, magnitude[IL_INTEGRANDS] = {0};
    for (int i = 0; i < 15; i++) {
        int k = i < 8 ? i : 14 - i;
        in->integrand(in->context, middle + (i < 8 ? -half : half) * POINT[k], f);
        for (int m = 0; m < in->n; m++) {
            fine[m] += KRONROD[k] * f[m];
            magnitude[m] += KRONROD[k] * fabs(f[m]);
            coarse[m] += k % 2 ? GAUSS[k / 2] * f[m] : 0;
        }
    }
    bool rough = false;
    for (int m = 0; m < in->n; m++)
        rough |=
            half * fabs(fine[m] - coarse[m]) > in->precision->tolerance * half * magnitude[m] +
                                                   in->precision->negligible * in->magnitude[m];
    if (rough && depth < in->precision->deepest) {
        add_panel(in, a, middle, depth + 1);
        add_panel(in, middle, b, depth + 1);
        return;
    }
    for (int m = 0; m < in->n; m++) {
        in->sum[m] += half * fine[m];
        in->magnitude[m] += half * magnitude[m];
    }
}

void il_integral_add(il_integral *in, double a, double b) {
    add_panel(in, a, b, 0);
}

/* Adds [a, b], cut where it must be. */
static void add_pieces(il_integral *in, double a, double b, const double *cut, size_t n_cuts) {
    double from = a;
    for (;;) {
        double to = b;
        for (size_t i = 0; i < n_cuts; i++)
            if (cut[i] > from && cut[i] < to)
                to = cut[i];
        add_panel(in, from, to, 0);
        if (to >= b)
            return;
        from = to;
    }
}

void il_integral_add_gaussian(il_integral *in, double scale, const double *cut, size_t n_cuts,
                              bool even) {
    for (double x = 0, next; x < END; x = next) {
        double width = x > 0 ? 2 * x : scale;
        next = x + (width < WIDEST ? width : WIDEST);
        next = next < END ? next : END;
        add_pieces(in, x, next, cut, n_cuts);
        if (!even)
            add_pieces(in, -next, -x, cut, n_cuts);
    }
}
