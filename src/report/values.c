#include "report/values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *il_json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *il_json_count(size_t value) {
    return json_integer((json_int_t)value);
}

char *il_float_format(float value, char text[32]) {
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

char *il_setting_text(const il_arm *arm, il_key key, char text[IL_SETTING_TEXT]) {
    char value[IL_WIDTHS_TEXT];
    const char *name = il_key_name(key);
    il_arm_format(arm, key, value);
    bool said = strncmp(value, name, strlen(name)) == 0;
    snprintf(text, IL_SETTING_TEXT, "%s%s%s", said ? "" : name, said ? "" : " ", value);
    return text;
}

const char *il_engine_name(il_engine engine) {
    return engine == IL_BLAS ? "blas" : "lockstep";
}

/* The engines that the arms use, each once. */
static json_t *engines_json(const il_study *study) {
    json_t *engines = json_array();
    int failed = 0;
    for (il_engine engine = IL_BLAS; engine <= IL_LOCKSTEP; engine++)
        for (size_t i = 0; i < study->n_arms; i++)
            if (study->arms[i].engine == engine) {
                failed |= json_array_append_new(engines, json_string(il_engine_name(engine)));
                break;
            }
    if (!failed)
        return engines;
    json_decref(engines);
    return NULL;
}

json_t *il_json_machine(const il_fingerprint *f) {
    return json_pack("{ss ss ss si ss ss ss}", "version", f->version, "openblas",
                     f->openblas_config, "core_type", f->openblas_core, "threads",
                     (int)f->openblas_threads, "compiler", f->compiler, "real", f->real, "kernels",
                     f->kernels);
}

json_t *il_json_fingerprint(const il_study *study, const il_fingerprint *fingerprint) {
    json_t *object = il_json_machine(fingerprint);
    if (json_object_set_new(object, "engines", engines_json(study)) == 0)
        return object;
    json_decref(object);
    return NULL;
}
