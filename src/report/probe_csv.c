#include "report/probe.h"

#include <math.h>
#include <string.h>

/* Canonical calls hold commas and quotes, but no line ends. */
static void put_call(const il_call *call, FILE *out) {
    char text[IL_CALL_TEXT];
    putc('"', out);
    for (const char *s = il_call_format(call, text); *s; s++) {
        if (*s == '"')
            putc('"', out);
        putc(*s, out);
    }
    putc('"', out);
}

/* Nothing, where there is no number. */
static void put_number(double value, FILE *out) {
    char text[32];
    putc(',', out);
    if (isinf(value))
        fputs(value > 0 ? "inf" : "-inf", out);
    else if (!isnan(value))
        fputs(il_number_format(value, text), out);
}

il_status il_probe_csv(const il_probe_report *report, FILE *out, il_error *err) {
    fputs("init,bias,layer,fan_in,fan_out,statistic,mean,low,high,theory\n", out);
    for (size_t i = 0; i < report->n && !ferror(out); i++) {
        const il_probe *probe = report->probe[i];
        for (size_t k = 0; k < probe->n_layers; k++)
            for (il_probe_statistic s = 0; s < IL_PROBE_STATISTICS; s++) {
                const il_probe_layer *y = &probe->layer[k];
                const il_probe_value *v = &y->statistic[s];
                if (isnan(v->mean))
                    continue;
                put_call(&probe->init, out);
                putc(',', out);
                put_call(&probe->bias, out);
                fprintf(out, ",%zu,%zu,%zu,%s", k + 1, y->fan_in, y->fan_out,
                        il_probe_statistic_name(s));
                put_number(v->mean, out);
                put_number(v->interval.low, out);
                put_number(v->interval.high, out);
                put_number(y->theory[s], out);
                putc('\n', out);
            }
    }
    return ferror(out) ? il_fail(err, IL_IO, "the CSV could not be written") : IL_OK;
}
