/* A phase diagram by training: a study of all depths under the initializations of all columns. */
#include "lab/phase.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* In single quotes, where only they need to be escaped. */
static void put_value(FILE *out, const char *key, const char *text) {
    fprintf(out, "%s'", key);
    for (const char *s = text; *s; s++) {
        if (*s == '\'')
            putc('\'', out);
        putc(*s, out);
    }
    fputs("'\n", out);
}

static void put_call(FILE *out, const char *key, const il_call *call) {
    char text[IL_CALL_TEXT];
    if (call->desc)
        put_value(out, key, il_call_format(call, text));
}

static void put_study(FILE *out, const il_phase_config *c, const il_phase *phase,
                      const il_dataset *data) {
    const il_depths *d = &c->depths;
    put_call(out, "data: ", &c->training->data);
    put_call(out, "hidden: ", &c->hidden);
    put_call(out, "dropout: ", &c->dropout);
    put_call(out, "optimizer: ", &c->training->optimizer);
    fprintf(out,
            "loss: softmax_ce\nbatch: %zu\nseeds: %zu\nbudget: %u\nevaluate: train\n"
            "converged: never\nnetwork:\n",
            c->batch, c->seeds, c->training->epochs);
    for (size_t depth = d->first; depth <= d->last; depth += d->step)
        fprintf(out, "  - %zu-[%zu]x%zu-%zu\n", data->inputs, c->width, depth, data->classes);
    fputs("init:\n", out);
    for (size_t i = 0; i < c->points; i++) {
        char text[IL_PHASE_INIT_TEXT];
        put_value(out, "  - ", il_phase_init(c, phase->column[i].sigma_w2, text));
    }
}

static il_status read_study(const il_phase_config *c, const il_phase *phase, il_study **study,
                            double *chance, il_error *err) {
    const il_data_request request = {.data = c->training->data};
    const il_sources sources = {.folders = c->training->folders};
    char *text = NULL;
    size_t size = 0;
    il_dataset *data;
    il_status status = il_dataset_new(&request, c->training->folders, &data, err);
    if (status != IL_OK)
        return status;
    FILE *out = open_memstream(&text, &size);
    if (data->classes == 0)
        status =
            il_fail(err, IL_INVALID, "%s has numbers to predict: a diagram is trained on classes",
                    c->training->data.desc->name);
    else if (!out)
        status = il_fail(err, IL_NO_MEMORY, "no memory for a study of the diagram");
    else
        put_study(out, c, phase, data);
    *chance = 1 / (double)data->classes;
    il_dataset_free(data);
    if (out && fclose(out) != 0 && status == IL_OK)
        status = il_fail(err, IL_NO_MEMORY, "no memory for a study of the diagram");
    if (status == IL_OK)
        status = il_study_parse_with(&sources, text, size, "phase", NULL, 0, study, err);
    free(text);
    return status;
}

/* Mean over the runs of one arm. */
static double accuracy_of(const il_run *run, size_t seeds, double chance) {
    double sum = 0;
    for (size_t k = 0; k < seeds; k++)
        sum += run[k].outcome == IL_DIVERGED ? chance : (double)run[k].accuracy;
    return sum / (double)seeds;
}

il_status il_phase_train(const il_phase_config *config, il_phase *phase, il_error *err) {
    const il_depths *d = &config->depths;
    il_study *study = NULL;
    il_results *results = NULL;
    il_status status = read_study(config, phase, &study, &phase->chance, err);
    if (status == IL_OK) {
        const il_run_options *given = config->training->run;
        il_run_options run = given ? *given : (il_run_options){0};
        run.fail_fast = true;
        study->seed_base = config->first_seed - 1;
        status = il_study_run(study, &run, &results, err);
    }
    /* The arms of a depth follow each other, since networks vary slower than initializations. */
    for (size_t i = 0; status == IL_OK && i < study->n_arms; i++) {
        size_t depth = d->first + i / config->points * d->step;
        phase->column[i % config->points].accuracy[depth - 1] =
            accuracy_of(results->runs + i * results->seeds, results->seeds, phase->chance);
    }
    il_results_free(results);
    il_study_free(study);
    return status;
}
