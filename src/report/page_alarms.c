/* What the monitors saw in the recorded layers. */
#include "report/panels.h"

static bool has_layers(const page *p) {
    return il_has_layers(p, NULL);
}

static void put_alarm(page *p, const digest *d, il_alarm_kind kind) {
    const il_alarm *first = &d->first[kind];
    if (d->alarmed[kind] == 0)
        fputs("<td>–</td>", p->out);
    else
        fprintf(p->out, "<td>%zu of %zu <small>%s layer %u, epoch %u</small></td>",
                d->alarmed[kind], d->n, first->backward ? "gradient," : "", first->layer,
                first->epoch);
}

void il_page_put_alarms(page *p) {
    size_t raised = 0;
    if (!has_layers(p))
        return;
    for (size_t i = 0; i < p->n_digests; i++)
        for (il_alarm_kind kind = 0; kind < IL_ALARMS; kind++)
            raised += p->digests[i].alarmed[kind];
    fputs("<section id=\"alarms\">\n<h2>Alarms</h2>\n", p->out);
    if (raised == 0) {
        fputs(
            "<p>No recorded run raised an alarm: nothing vanished, exploded, died or stopped being "
            "a number.</p>\n</section>\n",
            p->out);
        return;
    }
    fputs("<div class=\"wide\"><table><caption><span>Recorded runs in which it was seen; in small "
          "print "
          "where and when first.</span></caption>\n<thead><tr><th scope=\"col\">arm</th>",
          p->out);
    for (il_alarm_kind kind = 0; kind < IL_ALARMS; kind++)
        fprintf(p->out, "<th scope=\"col\">%s</th>", il_alarm_name(kind));
    fputs("</tr></thead>\n<tbody>\n", p->out);
    for (size_t i = 0; i < p->n_digests; i++) {
        il_put_row(p, p->digests[i].arm);
        for (il_alarm_kind kind = 0; kind < IL_ALARMS; kind++)
            put_alarm(p, &p->digests[i], kind);
        fputs("</tr>\n", p->out);
    }
    fprintf(
        p->out,
        "</tbody></table></div>\n<p class=\"note\">Exploded, vanished: a layer's activations are "
        "more than %g times, or less than %g times, those of the first hidden layer; or its "
        "gradients those at the output. Died: more than %.0f %% of a hidden layer's units "
        "let no gradient pass on any sample.</p>\n</section>\n",
        IL_EXPLODING, IL_VANISHING, 100 * IL_DYING);
}
