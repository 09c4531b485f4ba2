/* How many runs an arm needs, by the normal approximation: (z_level + z_power)² times the variance of one run's
 * contribution over the square of the difference.
 */
#include "lab/statistics/normal.h"

#include <math.h>

/* sd_null and sd: of one run's contribution without the difference, and with it. */
static size_t runs_for(double difference, double sd_null, double sd, double level, double power) {
    double z = il_two_sided_z(level) * sd_null + il_normal_quantile(power) * sd;
    double n = z > 0 ? ceil((z / difference) * (z / difference)) : 1;
    return n < 1 ? 1 : n < 9e15 ? (size_t)n : SIZE_MAX;
}

size_t il_runs_for_success(double a, double b, double level, double power) {
    double pooled = (a + b) / 2;
    return runs_for(a - b, sqrt(2 * pooled * (1 - pooled)), sqrt(a * (1 - a) + b * (1 - b)), level,
                    power);
}

size_t il_runs_for_a12(double a12, double level, double power) {
    return runs_for(a12 - 0.5, sqrt(1.0 / 6), sqrt(1.0 / 6), level, power);
}

size_t il_runs_for_difference(double difference, double sd, double level, double power) {
    return runs_for(difference, sd, sd, level, power);
}
