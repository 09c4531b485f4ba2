/* A sample on a terminal: the moments beside those of theory, then a histogram whose bars carry a mark where the
 * scheme's density says that they should end. */
#include "report/sample.h"

#include <math.h>
#include <string.h>

enum { BAR = 40 }; /* cells of the longest bar or mark */

static void put_heading(const il_sample *s, FILE *out) {
    char init[IL_CALL_TEXT], drawn[IL_CALL_TEXT], hidden[IL_CALL_TEXT];
    size_t in = s->layer.fan_in, units = s->layer.fan_out;
    il_call_format(&s->init, init);
    il_call_format(&s->drawn, drawn);
    fprintf(out, "drawn       %s\n", drawn);
    if (strcmp(init, drawn) != 0)
        fprintf(out, "            which is %s for %s\n", init,
                il_call_format(&s->layer.activation, hidden));
    fprintf(out, "            %zux%zu (fan_in x fan_out), %zu weights, hidden %s, seed %llu\n", in,
            units, in * units, il_call_format(&s->layer.activation, hidden),
            (unsigned long long)s->seed);
    if (il_init_type_of(&s->init)->fit)
        fprintf(out,
                "            after a look at %d samples of N(0, 1) inputs and targets, in the "
                "network\n            %zu-%zu-1\n",
                IL_SAMPLE_BATCH, in, units);
}

static void put_moments(const il_sample *s, const il_init_law *law, FILE *out) {
    const struct {
        const char *name;
        double sample, theory;
    } rows[] = {{"mean", s->mean, law ? law->mean : (double)NAN},
                {"std", s->std, law ? law->std : (double)NAN},
                {"min", s->min, (double)NAN},
                {"max", s->max, (double)NAN},
                {"excess kurtosis", s->kurtosis, (double)NAN}};
    fprintf(out, "\n%-16s %11s%s\n", "", "sample", law ? "      theory" : "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (isnan(rows[i].sample))
            continue;
        fprintf(out, "%-16s %11.5g", rows[i].name, rows[i].sample);
        if (!isnan(rows[i].theory))
            fprintf(out, " %11.5g", rows[i].theory);
        putc('\n', out);
    }
}

static void put_singular_values(const il_sample *s, FILE *out) {
    const il_singular_range *range = &s->singular;
    size_t in = s->layer.fan_in, units = s->layer.fan_out;
    if (isnan(range->largest))
        fprintf(out, "singular values  not computed above %d on the shorter side\n", IL_SVD_MOST);
    else
        fprintf(out, "singular values  %.5g (smallest) to %.5g (largest)%s\n", range->smallest,
                range->largest,
                (in < units ? in : units) <= IL_SVD_JACOBI ? ""
                : range->smallest > 0                      ? ", to 6 digits"
                                      : "; 0 stands for less than a millionth of the largest");
}

/* A bar of `length` cells in eighths, with a mark at `mark` (negative: none). */
static void put_bar(double length, double mark, FILE *out) {
    static const char *const parts[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    long at = mark < 0 ? -1 : lround(fmin(mark, BAR));
    for (long i = 0; i <= BAR; i++) {
        double left = length - (double)i;
        if (i == at)
            fputs("┃", out);
        else
            fputs(left >= 1 ? "█" : left > 0 ? parts[(int)(8 * left)] : " ", out);
    }
}

static void put_histogram(const il_sample *s, const il_init_law *law, FILE *out) {
    double width = (s->max - s->min) / IL_SAMPLE_BINS, most = 0;
    double n = (double)s->layer.fan_in * (double)s->layer.fan_out;
    double share[IL_SAMPLE_BINS], theory[IL_SAMPLE_BINS];
    for (int i = 0; i < IL_SAMPLE_BINS; i++) {
        share[i] = (double)s->bin[i] / n;
        theory[i] = law ? il_sample_share(law, s->min + i * width, s->min + (i + 1) * width) : -1;
        most = fmax(most, fmax(share[i], theory[i]));
    }
    fprintf(out, "\n%10s  %-*s %8s%s\n", "weight", BAR + 1, "", "share", law ? "   theory" : "");
    for (int i = 0; i < IL_SAMPLE_BINS; i++) {
        fprintf(out, "%10.4g  ", s->min + (i + 0.5) * width);
        put_bar(share[i] / most * BAR, theory[i] / most * BAR, out);
        fprintf(out, " %6.2f %%", 100 * share[i]);
        if (law)
            fprintf(out, " %6.2f %%", 100 * theory[i]);
        putc('\n', out);
    }
    fputs(law ? "\nweight: the middle of each bin; bars: the share of weights in it; ┃: the share "
                "that the\nscheme's density gives it.\n"
              : "\nweight: the middle of each bin; bars: the share of weights in it.\n",
          out);
}

il_status il_sample_table(const il_sample *s, FILE *out, il_error *err) {
    il_init_law stated, *law = il_sample_law(s, &stated) ? &stated : NULL;
    put_heading(s, out);
    put_moments(s, law, out);
    put_singular_values(s, out);
    if (s->min < s->max)
        put_histogram(s, law, out);
    else
        fprintf(out, "\nEvery weight is %.9g.\n", s->min);
    return ferror(out) ? il_fail(err, IL_IO, "the sample could not be written") : IL_OK;
}
