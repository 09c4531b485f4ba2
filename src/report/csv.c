/* One line per run: the arm's settings, then the seed and what became of it. The columns are the
 * same for every study, so that files of several studies can be put under one another. */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_field(FILE *out, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

/* The shortest decimal that reads back to the same float: 0.1, where the double of the same value
 * is 0.10000000149011612. */
static char *format_float(float value, char text[32]) {
    double shortest = (double)value;
    if (isfinite(value))
        for (int digits = 1; digits <= 9; digits++) {
            snprintf(text, 32, "%.*g", digits, (double)value);
            shortest = strtod(text, NULL);
            if ((float)shortest == value)
                break;
        }
    return il_number_format(shortest, text);
}

static const char *const outcomes[] = {[IL_CONVERGED] = "converged",
                                       [IL_CENSORED] = "censored",
                                       [IL_DIVERGED] = "diverged",
                                       [IL_STALLED] = "stalled"};

static void put_run(FILE *out, const il_run *run, size_t seed, uint32_t budget) {
    char loss[32], accuracy[32];
    fprintf(out, ",%zu,%s,%u,%u,%s,%s,", seed, outcomes[run->outcome], run->epoch,
            run->outcome == IL_CONVERGED ? run->epoch : budget, format_float(run->loss, loss),
            isnan(run->accuracy) ? "" : format_float(run->accuracy, accuracy));
    if (run->outcome == IL_DIVERGED)
        fprintf(out, "%u", (unsigned)run->layer);
    putc('\n', out);
}

il_status il_report_csv(const il_study *study, const il_results *results, FILE *out,
                        il_error *err) {
    for (il_key key = 0; key < IL_KEYS; key++)
        fprintf(out, "%s,", il_key_name(key));
    fputs("engine,seed,outcome,epoch,T,loss,accuracy,layer\n", out);
    for (size_t i = 0; i < study->n_arms && !ferror(out); i++) {
        const il_arm *arm = &study->arms[i];
        char keys[IL_KEYS][IL_WIDTHS_TEXT];
        for (il_key key = 0; key < IL_KEYS; key++)
            il_arm_format(arm, key, keys[key]);
        for (size_t seed = 0; seed < results->seeds; seed++) {
            for (il_key key = 0; key < IL_KEYS; key++) {
                put_field(out, keys[key]);
                putc(',', out);
            }
            fputs(arm->engine == IL_BLAS ? "blas" : "lockstep", out);
            put_run(out, &results->runs[i * results->seeds + seed], seed + 1, study->budget);
        }
    }
    return ferror(out) ? il_fail(err, IL_IO, "the CSV could not be written") : IL_OK;
}
