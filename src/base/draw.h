/* Draws that are scaled as they are made, so that a layer passes through memory once. */
#ifndef IL_BASE_DRAW_H
#define IL_BASE_DRAW_H

#include "initlab/rng.h"

/* A mean that changes nothing: adding +0 would turn a -0 into a +0. */
#define IL_NO_MEAN (-0.0)

/* out = mean + scale * x for the x that il_stream_normal and il_stream_uniform would give, to the bit, computed in il_real. */
void il_draw_normal(il_stream *stream, size_t n, double mean, double scale, il_real *out);
void il_draw_uniform(il_stream *stream, size_t n, double mean, double scale, il_real *out);

#endif
