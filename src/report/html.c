/* The HTML report: one page that asks nothing of a network and needs no script. */
#include "report/page.h"

/* Were a name ever not escaped, a browser would still run no script but the page's own and load nothing. */
static void put_head(const page *p) {
    fprintf(p->out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
            "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "'unsafe-inline'; script-src '%s'\">\n<meta name=\"viewport\" "
            "content=\"width=device-width, initial-scale=1\">\n<title>",
            il_page_script_hash);
    il_put_escaped(p->out, p->a->name);
    fprintf(p->out, " – initlab</title>\n<style>%s%s</style>\n</head>\n<body>\n<h1>", il_page_style,
            il_svg_style);
    il_put_escaped(p->out, p->a->name);
    fputs("</h1>\n", p->out);
}

static bool has(const page *p, const il_chart_type *c) {
    return !c->has || c->has(p, c);
}

static void put_contents(const page *p) {
    fputs("<nav aria-label=\"Contents\"><ul>\n<li><a href=\"#arms\">The arms</a></li>\n", p->out);
    for (size_t i = 0; i < IL_CHARTS; i++)
        if (has(p, il_charts[i]))
            fprintf(p->out, "<li><a href=\"#chart-%s\">%s</a></li>\n", il_charts[i]->name,
                    il_charts[i]->heading);
    if (has(p, &il_chart_signal))
        fputs("<li><a href=\"#alarms\">Alarms</a></li>\n", p->out);
    fputs("<li><a href=\"#reproduce\">Reproduce this</a></li>\n</ul></nav>\n", p->out);
}

/* What the study could have shown as well. */
static void put_missing(const page *p) {
    if (p->recorded == 0)
        fputs("<p class=\"note\">This study recorded nothing while it ran. With <code>record: "
              "layers</code> in it, a report also shows losses, the signals and gradients of the "
              "layers, weights, and what the networks learned.</p>\n",
              p->out);
    else if (!has(p, &il_chart_signal))
        fputs(
            "<p class=\"note\">With <code>record: layers</code> in the study, a report also shows "
            "the signals and gradients of the layers.</p>\n",
            p->out);
}

static void put_block(FILE *out, const char *heading, const char *text) {
    if (!text[0])
        return;
    fprintf(out, "<h3>%s</h3>\n<pre>", heading);
    il_put_escaped(out, text);
    fputs("</pre>\n", out);
}

static void put_reproduction(const page *p) {
    fprintf(p->out,
            "<section id=\"reproduce\">\n<h2>Reproduce this</h2>\n<p>initlab %s; OpenBLAS: ",
            p->a->version);
    il_put_escaped(p->out, p->a->openblas[0] ? p->a->openblas : "not recorded");
    fputs(". Runs of the lockstep engine are the same on every machine; those of blas are with the "
          "same OpenBLAS.</p>\n",
          p->out);
    put_block(p->out, "Command", p->a->command);
    put_block(p->out, "Study", p->a->spec);
    put_block(p->out, "Settings, in full", p->a->settings);
    fputs("</section>\n", p->out);
}

static il_status put_page(page *p, il_error *err) {
    put_head(p);
    il_status status = il_page_put_answer(p, err);
    if (status != IL_OK)
        return status;
    put_contents(p);
    il_page_put_arms(p);
    for (size_t i = 0; i < IL_CHARTS; i++)
        if (has(p, il_charts[i]))
            il_chart_put(p, il_charts[i]);
    il_page_put_alarms(p);
    put_missing(p);
    put_reproduction(p);
    fprintf(p->out, "<script>%s</script>\n</body>\n</html>\n", il_page_script);
    return ferror(p->out) ? il_fail(err, IL_IO, "the report could not be written") : IL_OK;
}

il_status il_report_html(const il_archive *archive, FILE *out, il_error *err) {
    page p;
    il_status status = il_page_open(&p, archive, out, err);
    if (status == IL_OK)
        status = il_page_read_records(&p, err);
    if (status == IL_OK)
        status = put_page(&p, err);
    il_page_close(&p);
    return status;
}

il_status il_report_svg(const il_archive *archive, il_chart which, FILE *out, il_error *err) {
    page p;
    const il_chart_type *c = il_charts[which];
    il_status status = il_page_open(&p, archive, out, err);
    p.alone = true;
    if (status == IL_OK && which >= IL_CHART_LOSS)
        status = il_page_read_records(&p, err);
    if (status == IL_OK && !has(&p, c))
        status = il_fail(err, IL_INVALID, "the chart %s takes %s", c->name, c->needs);
    else if (status == IL_OK) {
        c->draw(&p, c);
        if (ferror(out))
            status = il_fail(err, IL_IO, "the chart could not be written");
    }
    il_page_close(&p);
    return status;
}
