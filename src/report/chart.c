/* Charts on the page and alone: what all of them have, so that each file below has only what is its own. */
#include "report/page.h"

#include <string.h>

const il_chart_type *const il_charts[IL_CHARTS] = {
    [IL_CHART_CURVES] = &il_chart_curves,
    [IL_CHART_SUCCESS] = &il_chart_success,
    [IL_CHART_SUCCESS_MAP] = &il_chart_success_map,
    [IL_CHART_RMST_MAP] = &il_chart_rmst_map,
    [IL_CHART_LOSS] = &il_chart_loss,
    [IL_CHART_ACCURACY] = &il_chart_accuracy,
    [IL_CHART_SIGNAL] = &il_chart_signal,
    [IL_CHART_GRADIENT] = &il_chart_gradient,
    [IL_CHART_SIGNAL_EPOCHS] = &il_chart_signal_epochs,
    [IL_CHART_GRADIENT_EPOCHS] = &il_chart_gradient_epochs,
    [IL_CHART_WEIGHTS] = &il_chart_weights,
    [IL_CHART_REGIONS] = &il_chart_regions,
    [IL_CHART_LINES] = &il_chart_lines,
};

void il_chart_begin(page *p, const il_chart_type *c, il_svg *svg, double width, double height) {
    il_svg_begin(svg, p->out, c->name, width, height, c->title, c->description, p->alone);
}

void il_chart_put(page *p, const il_chart_type *c) {
    size_t all = p->a->n_arms, shown = c->panels                      ? p->n_digests
                                       : c->most > 0 && c->most < all ? c->most
                                                                      : all;
    fprintf(p->out, "<section class=\"chart\" id=\"chart-%s\">\n<h2>%s</h2>\n", c->name,
            c->heading);
    if (shown < all && c->panels)
        fprintf(p->out, "<p class=\"note\">%zu of %zu arms, %s.</p>\n", shown, all,
                shown < p->recorded ? "evenly through the ranking" : "those that were recorded");
    else if (shown < all)
        fprintf(p->out, "<p class=\"note\">The %zu fastest of %zu arms%s.</p>\n", shown, all,
                p->baseline == SIZE_MAX ? "" : ", and the baseline");
    fputs("<figure>\n<div class=\"wide\">\n", p->out);
    c->draw(p, c);
    fputs("</div>\n<figcaption>", p->out);
    c->caption(p, c);
    fprintf(
        p->out,
        "</figcaption>\n</figure>\n<details><summary>The data</summary><div class=\"wide\"><table>"
        "<caption><span>%s</span></caption>\n",
        c->table);
    c->data(p, c);
    fputs("</tbody></table></div></details>\n</section>\n", p->out);
}

void il_put_head(page *p, const char *columns) {
    fputs("<thead><tr>", p->out);
    for (const char *end; *columns; columns = end + (*end == '|')) {
        end = columns + strcspn(columns, "|");
        fprintf(p->out, "<th scope=\"col\">%.*s</th>", (int)(end - columns), columns);
    }
    fputs("</tr></thead>\n<tbody>\n", p->out);
}

void il_put_row(page *p, size_t arm) {
    char label[IL_LABEL];
    char *rest = strstr(il_page_label(p, arm, label), " / ");
    if (rest)
        *rest = '\0';
    fputs("<tr><th scope=\"row\">", p->out);
    il_put_escaped(p->out, label);
    if (rest) {
        fputs(" <span>", p->out);
        il_put_escaped(p->out, rest + 3);
        fputs("</span>", p->out);
    }
    fputs("</th>", p->out);
}
