#include "report/phase.h"
#include "report/svg.h"

/* Pixels: the map, and around it. */
#define LEFT 64.0
#define TOP 56.0
#define WIDE 640.0
#define HIGH 400.0
#define LEGEND 96.0
#define BELOW 56.0

typedef struct map {
    const il_phase_config *config;
    const il_phase *phase;
    const il_depths *depths;
    double cell, row; /* size of a cell */
    size_t rows;
} map;

static double row_top(const map *m, size_t row) {
    return TOP + HIGH - (double)(row + 1) * m->row;
}

static void name_cell(const map *m, const il_phase_column *column, size_t depth, char title[128]) {
    size_t n = (size_t)snprintf(title, 128, "sigma_w2 %.4g, depth %zu: ", column->sigma_w2, depth);
    if (m->config->training)
        snprintf(title + n, 128 - n, "accuracy %.3g", column->accuracy[depth - 1]);
    else
        snprintf(title + n, 128 - n, "distance %.2g, gradients %.2g", column->distance[depth - 1],
                 column->gradient[depth - 1]);
}

static void put_cells(const map *m, il_svg *svg) {
    for (size_t i = 0; i < m->phase->points; i++)
        for (size_t r = 0; r < m->rows; r++) {
            size_t depth = m->depths->first + r * m->depths->step;
            const il_phase_column *column = &m->phase->column[i];
            double share = il_phase_share(m->config, m->phase, column, depth);
            char color[8], title[128];
            il_svg_heat(share, color);
            name_cell(m, column, depth, title);
            /* A hair wider, so that no gap shows between cells. */
            il_svg_rect(svg, LEFT + (double)i * m->cell, row_top(m, r), m->cell + 0.3, m->row + 0.3,
                        "heat", isnan(share) ? "#888888" : color, title);
        }
}

/* 6 xi_c, in pieces where it leaves the map, twice: light on dark, to be seen on every color. */
static void put_line(const map *m, const char *class, il_svg *svg) {
    double first = (double)m->depths->first, step = (double)m->depths->step;
    bool open = false;
    for (size_t i = 0; i < m->phase->points; i++) {
        double row = (m->phase->column[i].field.trainable - first) / step + 0.5;
        bool inside = row >= 0 && row <= (double)m->rows;
        if (inside && !open)
            il_svg_path_begin(svg, class);
        if (inside)
            il_svg_path_to(svg, LEFT + ((double)i + 0.5) * m->cell, TOP + HIGH - row * m->row);
        if (!inside && open)
            il_svg_path_end(svg, NULL);
        open = inside;
    }
    if (open)
        il_svg_path_end(svg, NULL);
}

static void put_axes(const map *m, il_svg *svg) {
    char text[64];
    size_t points = m->phase->points, columns = points < 7 ? points : 7;
    size_t rows = m->rows < 6 ? m->rows : 6;
    for (size_t k = 0; k < columns; k++) {
        size_t i = columns > 1 ? k * (points - 1) / (columns - 1) : 0;
        double x = LEFT + ((double)i + 0.5) * m->cell;
        snprintf(text, sizeof text, "%.3g", m->phase->column[i].sigma_w2);
        il_svg_line(svg, x, TOP + HIGH, x, TOP + HIGH + 5, "axis");
        il_svg_text(svg, x, TOP + HIGH + 20, "middle", "label", text);
    }
    for (size_t k = 0; k < rows; k++) {
        size_t r = rows > 1 ? k * (m->rows - 1) / (rows - 1) : 0;
        double y = row_top(m, r) + m->row / 2;
        snprintf(text, sizeof text, "%zu", m->depths->first + r * m->depths->step);
        il_svg_line(svg, LEFT - 5, y, LEFT, y, "axis");
        il_svg_text(svg, LEFT - 9, y + 4, "end", "label", text);
    }
    il_svg_text(svg, LEFT + WIDE / 2, TOP + HIGH + 42, "middle", "label", "σ_w² = fan_in · Var(W)");
    il_svg_text(svg, LEFT, TOP - 10, "start", "label", "depth, hidden layers");
}

static void put_legend(const map *m, il_svg *svg) {
    enum { STEPS = 40 };
    static const double distances[] = {1, 0.1, 0.01}, accuracies[] = {1, 0.75, 0.5};
    bool trained = m->config->training;
    double chance = m->phase->chance;
    double x = LEFT + WIDE + 24, high = HIGH / 2;
    for (int i = 0; i < STEPS; i++) {
        char color[8];
        il_svg_heat((i + 0.5) / STEPS, color);
        il_svg_rect(svg, x, TOP + high - (i + 1) * high / STEPS, 16, high / STEPS + 0.3, "heat",
                    color, NULL);
    }
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
        char text[32];
        double mark = trained ? accuracies[i] : distances[i];
        double share = trained ? (mark - chance) / (1 - chance) : il_phase_height(mark);
        double y = TOP + high - share * high;
        if (share < 0) /* with two classes half is chance */
            continue;
        snprintf(text, sizeof text, "%g", mark);
        il_svg_line(svg, x + 16, y, x + 20, y, "axis");
        il_svg_text(svg, x + 24, y + 4, "start", "label", text);
    }
    il_svg_text(svg, x, TOP - 10, "start", "label", trained ? "accuracy" : "|c − c*|");
    il_svg_line(svg, x, TOP + high + 32, x + 24, TOP + high + 32, "under");
    il_svg_line(svg, x, TOP + high + 32, x + 24, TOP + high + 32, "over");
    il_svg_text(svg, x + 30, TOP + high + 36, "start", "label", "6 ξ_c");
}

static const char followed[] =
    "A heat map. Across: the variance of the weights times fan_in. Up: the number of hidden "
    "layers. "
    "Color: how far the correlation of two inputs still is from its fixed point, light where much "
    "is left and dark where nothing is. A line: six times the depth scale of mean-field theory, "
    "which the light region should follow.";
static const char trained[] =
    "A heat map. Across: the variance of the weights times fan_in. Up: the number of hidden "
    "layers. "
    "Color: the share of training samples that are right after training, light where nearly all "
    "are and dark where no more than by chance. A line: six times the depth scale of mean-field "
    "theory, below which networks should train.";

il_status il_phase_svg(const il_phase_config *config, const il_phase *phase, FILE *out,
                       il_error *err) {
    char hidden[IL_CALL_TEXT], title[IL_CALL_TEXT + IL_PHASE_TRAINING_TEXT + 128];
    char training[IL_PHASE_TRAINING_TEXT];
    il_svg svg;
    map m = {.config = config,
             .phase = phase,
             .depths = &config->depths,
             .cell = WIDE / (double)phase->points,
             .rows = il_phase_rows(&config->depths)};
    m.row = HIGH / (double)m.rows;
    size_t n = (size_t)snprintf(title, sizeof title, "How deep a %s: %s, σ_b² = %g",
                                config->training ? "network trains" : "signal lives",
                                il_call_format(&config->hidden, hidden), config->sigma_b2);
    if (config->training)
        snprintf(title + n, sizeof title - n, "; %s",
                 il_phase_training_text(config->training, training));
    il_svg_begin(&svg, out, "phase", LEFT + WIDE + LEGEND, TOP + HIGH + BELOW, title,
                 config->training ? trained : followed, true);
    il_svg_text(&svg, LEFT, 28, "start", "label", title);
    put_cells(&m, &svg);
    put_line(&m, "under", &svg);
    put_line(&m, "over", &svg);
    put_axes(&m, &svg);
    put_legend(&m, &svg);
    il_svg_end(&svg);
    return ferror(out) ? il_fail(err, IL_IO, "the drawing could not be written") : IL_OK;
}
