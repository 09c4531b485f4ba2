#include "report/plane.h"

#include <math.h>

#define TOP 66.0
#define BLOCK 390.0
#define ROW 204.0
#define SAMPLES 150 /* drawn at most */
#define FEW 30      /* samples whose marks are large */
#define MARGIN 0.3  /* around the samples */

static void find_extent(il_plane *out) {
    const il_dataset *data = out->data;
    for (size_t k = 0; k < 2; k++) {
        out->low[k] = (double)INFINITY;
        out->high[k] = -(double)INFINITY;
        for (size_t i = 0; i < data->n; i++) {
            out->low[k] = fmin(out->low[k], (double)data->X[2 * i + k]);
            out->high[k] = fmax(out->high[k], (double)data->X[2 * i + k]);
        }
        double margin = MARGIN * (out->high[k] - out->low[k]);
        margin = margin > 0 ? margin : 1;
        out->low[k] -= margin;
        out->high[k] += margin;
    }
}

bool il_plane_open(const page *p, const digest *d, il_plane *out) {
    char *const *value = p->a->value[d->arm];
    il_data_request request;
    il_widths widths;
    il_error
        err; /* the task may be unknown here, or its file gone: then there is nothing to draw */
    *out = (il_plane){.runs = d->kept < IL_PLANES ? d->kept : IL_PLANES, .seed = d->kept_seed};
    if (out->runs == 0 || il_widths_parse(value[IL_KEY_NETWORK], NULL, &widths, &err) != IL_OK ||
        widths.width[0] != 2 ||
        il_call_parse(&il_datasets, value[IL_KEY_DATA], NULL, &request.data, &err) != IL_OK ||
        il_call_parse(&il_splits, value[IL_KEY_SPLIT], NULL, &request.split, &err) != IL_OK ||
        il_call_parse(&il_scalings, value[IL_KEY_SCALE], NULL, &request.scale, &err) != IL_OK ||
        il_dataset_new(&request, NULL, &out->data, &err) != IL_OK || out->data->inputs != 2 ||
        out->data->classes == 0 || !out->data->X)
        return false;
    out->net = il_digest_network(p->a, d, IL_PLANE_BATCH);
    if (!out->net)
        return false;
    for (size_t i = 0; i < out->runs; i++) {
        il_snapshot_put(d->parameters[i].start, out->net, 2 * i);
        il_snapshot_put(d->parameters[i].end, out->net, 2 * i + 1);
    }
    out->outputs = widths.width[widths.n - 1];
    find_extent(out);
    return true;
}

void il_plane_close(il_plane *plane) {
    il_dataset_free(plane->data);
    il_network_free(plane->net);
}

bool il_has_plane(const page *p, const il_chart_type *c) {
    bool found = false;
    (void)c;
    for (size_t i = 0; i < p->n_digests && !found; i++) {
        il_plane at;
        found = il_plane_open(p, &p->digests[i], &at);
        il_plane_close(&at);
    }
    return found;
}

void il_plane_at(const il_plane *plane, double x, double y, const double point[2], double at[2]) {
    for (size_t k = 0; k < 2; k++)
        at[k] = (point[k] - plane->low[k]) / (plane->high[k] - plane->low[k]) * IL_PLANE_SIZE;
    at[0] += x;
    at[1] = y + IL_PLANE_SIZE - at[1];
}

void il_plane_samples(const il_plane *plane, il_svg *svg, double x, double y) {
    const il_dataset *data = plane->data;
    size_t shown = data->n < SAMPLES ? data->n : SAMPLES;
    const char *small = shown > FEW ? " small" : "";
    for (size_t class = 0; class < data->classes && class < IL_SVG_SERIES; class ++)
        for (size_t round = small[0] ? 1 : 0; round < 2; round++) { /* first what lies under them */
            char mark[2 * IL_SVG_CLASS];
            bool any = false;
            snprintf(mark, sizeof mark, "p%zu%s", class, small);
            if (round == 0)
                snprintf(mark, sizeof mark, "halo%s", class % 2 ? " square" : "");
            for (size_t i = 0; i < shown; i++) {
                size_t sample = i * data->n / shown;
                const double point[2] = {(double)data->X[2 * sample],
                                         (double)data->X[2 * sample + 1]};
                double at[2];
                if (data->label[sample] != class)
                    continue;
                if (!any)
                    il_svg_path_begin(svg, mark);
                any = true;
                il_plane_at(plane, x, y, point, at);
                il_svg_path_dot(svg, at[0], at[1]);
            }
            if (any)
                il_svg_path_end(svg, NULL);
        }
}

void il_plane_classify(const il_plane *plane, size_t replica, const il_real *X, size_t n,
                       size_t *class, double *probability) {
    const il_real *z = il_network_forward(plane->net, n, X);
    size_t R = il_network_replicas(plane->net), outputs = plane->outputs;
    for (size_t i = 0; i < n; i++) {
        const il_real *logit = z + i * outputs * R + replica;
        double sum = 0, first = (double)logit[0];
        class[i] = 0;
        if (outputs == 1) {
            class[i] = first > 0;
            probability[i] = 1 / (1 + exp(-fabs(first)));
            continue;
        }
        for (size_t k = 1; k < outputs; k++)
            if (logit[k * R] > logit[class[i] * R])
                class[i] = k;
        for (size_t k = 0; k < outputs; k++)
            sum += exp((double)logit[k * R] - (double)logit[class[i] * R]);
        probability[i] = 1 / sum;
    }
}

double il_planes_height(const page *p) {
    size_t arms = 0;
    for (size_t i = 0; i < p->n_digests; i++) {
        il_plane plane;
        arms += il_plane_open(p, &p->digests[i], &plane);
        il_plane_close(&plane);
    }
    return TOP + ROW * (double)((arms + 1) / 2) - 36;
}

void il_planes_draw(const page *p, il_svg *svg,
                    void (*draw_run)(il_svg *svg, const il_plane *plane, size_t i, double x,
                                     double y)) {
    size_t arms = 0;
    for (size_t i = 0; i < p->n_digests; i++) {
        il_plane plane;
        if (il_plane_open(p, &p->digests[i], &plane)) {
            double x = 2 + BLOCK * (double)(arms % 2), y = TOP + ROW * (double)(arms / 2);
            il_panel_title(p, svg, x, y, p->digests[i].arm, 44);
            for (size_t run = 0; run < plane.runs; run++)
                draw_run(svg, &plane, run, x + (IL_PLANE_SIZE + 10) * (double)run, y);
            arms++;
        }
        il_plane_close(&plane);
    }
}

void il_planes_put_rows(page *p, void (*put)(page *p, const il_plane *plane, size_t i)) {
    for (size_t i = 0; i < p->n_digests; i++) {
        il_plane plane;
        bool there = il_plane_open(p, &p->digests[i], &plane);
        for (size_t run = 0; there && run < plane.runs; run++) {
            il_put_row(p, p->digests[i].arm);
            fprintf(p->out, "<td>%u</td>", plane.seed[run]);
            put(p, &plane, run);
            fputs("</tr>\n", p->out);
        }
        il_plane_close(&plane);
    }
}

void il_plane_text(il_svg *svg, double x, double y, size_t line, const char *text) {
    il_svg_text(svg, x + IL_PLANE_SIZE / 2, y + IL_PLANE_SIZE + 16 + 15 * (double)line, "middle",
                "tick", text);
}
