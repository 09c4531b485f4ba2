/* One line per run, as CSV or JSON: the arm's settings, then the seed and what became of it. The columns are the
 * same for every study, so that files of several studies can be put under one another. */
#include "report/lines.h"
#include "report/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const outcomes[] = {[IL_CONVERGED] = "converged",
                                       [IL_CENSORED] = "censored",
                                       [IL_DIVERGED] = "diverged",
                                       [IL_STALLED] = "stalled",
                                       [IL_FAILED] = "failed"};

static void put_run(FILE *out, const il_run *run, size_t seed, uint32_t budget) {
    char loss[32], accuracy[32];
    fprintf(out, ",%zu,%s,%u,%u,%s,%s,", seed, outcomes[run->outcome], run->epoch,
            il_run_time(run, budget), il_float_format(run->loss, loss),
            isnan(run->accuracy) ? "" : il_float_format(run->accuracy, accuracy));
    if (run->outcome == IL_DIVERGED)
        fprintf(out, "%u", (unsigned)run->layer);
    putc('\n', out);
}

static void put_heading(FILE *out) {
    il_put_csv_heading(out);
    fputs(",seed,outcome,epoch,T,loss,accuracy,layer\n", out);
}

/* One arm's runs, of the seeds that `ran` marks, all of them when it is NULL. */
static void put_arm(FILE *out, char *const keys[IL_KEYS], const char *engine, const il_run *runs,
                    const unsigned char *ran, size_t seeds, uint32_t budget) {
    for (size_t seed = 0; seed < seeds; seed++) {
        if (ran && !ran[seed])
            continue;
        il_put_csv_settings(keys, engine, out);
        put_run(out, &runs[seed], seed + 1, budget);
    }
}

static il_status finish(FILE *out, il_error *err) {
    return ferror(out) ? il_fail(err, IL_IO, "the CSV could not be written") : IL_OK;
}

il_status il_report_csv(const il_study *study, const il_results *results, FILE *out,
                        il_error *err) {
    char text[IL_KEYS][IL_WIDTHS_TEXT], *keys[IL_KEYS];
    put_heading(out);
    for (size_t i = 0; i < study->n_arms && !ferror(out); i++) {
        for (il_key key = 0; key < IL_KEYS; key++)
            keys[key] = il_arm_format(&study->arms[i], key, text[key]);
        put_arm(out, keys, study->arms[i].engine == IL_BLAS ? "blas" : "lockstep",
                results->runs + i * results->seeds, NULL, results->seeds, study->budget);
    }
    return finish(out, err);
}

il_status il_export_csv(const il_archive *a, FILE *out, il_error *err) {
    put_heading(out);
    for (size_t i = 0; i < a->n_arms && !ferror(out); i++)
        put_arm(out, a->value[i], a->engine[i], a->runs + i * a->asked, a->ran + i * a->asked,
                a->asked, a->budget);
    return finish(out, err);
}

il_status il_export_jsonl(const il_archive *a, FILE *out, il_error *err) {
    for (size_t i = 0; i < a->n_arms && !ferror(out); i++)
        for (size_t k = 0; k < a->asked; k++) {
            const il_run *run = &a->runs[i * a->asked + k];
            if (!a->ran[i * a->asked + k])
                continue;
            putc('{', out);
            il_put_json_settings(a->value[i], a->engine[i], out);
            fprintf(out, ",\"seed\":%zu,\"outcome\":\"%s\",\"epoch\":%u,\"T\":%u", k + 1,
                    outcomes[run->outcome], run->epoch, il_run_time(run, a->budget));
            il_put_json_number("loss", run->loss, out);
            il_put_json_number("accuracy", run->accuracy, out);
            if (run->outcome == IL_DIVERGED)
                fprintf(out, ",\"layer\":%u", (unsigned)run->layer);
            fputs("}\n", out);
        }
    return ferror(out) ? il_fail(err, IL_IO, "the JSON lines could not be written") : IL_OK;
}
