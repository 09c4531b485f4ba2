/* Standard normals cut at two standard deviations. */
#ifndef IL_INIT_TRUNCATED_H
#define IL_INIT_TRUNCATED_H

#include "base/draw.h"

/* The standard deviation of what il_draw_truncated draws, unscaled: divide by it to get 1. */
#define IL_TRUNCATED_STD 0.87962566103423978

/* mean + scale * z for the next n draws z of a standard normal that lies in (-2, 2), not rescaled: quantiles of the
 * n uniforms that il_stream_uniform would give, increasing in them, and never a redraw. z is computed in float also
 * in the double build; within 2e-7 of the quantile, relatively. */
void il_draw_truncated(il_stream *stream, size_t n, double mean, double scale, il_real *out);

#endif
